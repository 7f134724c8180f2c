"""Privacy Desk: the frame around every page."""

import streamlit as st

from pages.parts import entrance, explaining, language, navigation, session
from pages.parts.guiding import first_report, presenting, touring

st.set_page_config(page_title="Privacy Desk", page_icon=str(session.MARK), layout="wide")
st.logo(str(session.LOGO), icon_image=str(session.MARK), size="large")

language.choose()
presenting.choose()
workspace = entrance.enter_or_stop()
page = st.navigation(navigation.sections(workspace.may), expanded=True)
navigation.go_on()
entrance.show_person(workspace)
explaining.headed(page, workspace)
navigation.permit_or_stop(page, workspace)
name = navigation.row_of(page, workspace).name
look_again = touring.shown(name, workspace) or first_report.shown(name, workspace)
page.run()
look_again()  # something may just have been done
