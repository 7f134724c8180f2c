"""Privacy Desk: the frame around every page."""

import streamlit as st

from pages.parts import entrance, explaining, language, navigation, session

st.set_page_config(page_title="Privacy Desk", page_icon=str(session.MARK), layout="wide")
st.logo(str(session.LOGO), icon_image=str(session.MARK), size="large")

language.choose()
workspace = entrance.enter_or_stop()
page = st.navigation(navigation.sections(workspace.may), expanded=True)
entrance.show_person(workspace)
explaining.headed(page, workspace)
navigation.permit_or_stop(page, workspace)
page.run()
