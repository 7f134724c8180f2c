"""Privacy Desk: the frame around every page."""

import streamlit as st

from pages.parts import language, navigation, session

st.set_page_config(page_title="Privacy Desk", page_icon=str(session.MARK), layout="wide")
st.logo(str(session.LOGO), icon_image=str(session.MARK), size="large")

language.choose()
page = st.navigation(navigation.sections(), expanded=True)
st.title(page.title)
session.open_or_stop()
page.run()
