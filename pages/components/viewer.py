"""Who is asking: whom the sign-in or the proxy names, else somebody with a name of their own choice, kept in their browser.

A name given by oneself is no proof of anything: it tells colleagues apart, and opens nothing.
"""

from __future__ import annotations

import re
import secrets
from urllib.parse import quote, unquote

import streamlit as st

from live.viewers import Viewer, clean_name, guest_name
from pages.runtime import runtime

COOKIE = "floorwalker_viewer"
_GUEST = "viewer_guest"
_GUEST_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")
_NAMES = ("name", "preferred_username", "email")


def viewer() -> Viewer:
    """Whoever runs this page."""
    return told() or _guest()


def told() -> Viewer | None:
    """Whom somebody else vouches for: Streamlit's sign-in, or the proxy's header where that is trusted."""
    return _signed_in() or _from_proxy()


def rename(name: str) -> None:
    """Be called so from now on; by a number when there is nothing left of the name."""
    own = _guest()
    st.session_state[_GUEST] = Viewer(own.id, clean_name(name) or guest_name(own.id))


def take_over(cookie: str) -> None:
    """Be whom another tab of this browser has made of us."""
    kept = from_cookie(cookie)
    if kept is not None:
        st.session_state[_GUEST] = kept


def as_cookie(guest: Viewer) -> str:
    """What the browser keeps of somebody who is told by nobody."""
    return f"{guest.id.removeprefix('guest:')}.{quote(guest.name, safe='')}"


def from_cookie(cookie: str) -> Viewer | None:
    """The same back; None where it is not of our making. An id of the sign-in's or the proxy's cannot come by it."""
    guest_id, _, name = cookie.partition(".")
    if not _GUEST_ID.fullmatch(guest_id):
        return None
    whole = f"guest:{guest_id}"
    return Viewer(whole, clean_name(unquote(name)) or guest_name(whole))


def _guest() -> Viewer:
    if _GUEST not in st.session_state:
        made = f"guest:{secrets.token_urlsafe(16)}"
        brought = dict(st.context.cookies).get(COOKIE, "")  # a plain copy: where no browser asks, as in tests, it is empty
        st.session_state[_GUEST] = from_cookie(brought) or Viewer(made, guest_name(made))
    guest: Viewer = st.session_state[_GUEST]
    return guest


def _signed_in() -> Viewer | None:
    """Whom Streamlit's sign-in has let in; without an [auth] section there is none."""
    if st.user.get("is_logged_in") is not True:
        return None
    who = str(st.user.get("sub") or st.user.get("email") or "")
    said = next((str(st.user[each]) for each in _NAMES if st.user.get(each)), who)
    return Viewer(f"user:{st.user.get('iss', '')}:{who}", clean_name(said)) if who else None


def _from_proxy() -> Viewer | None:
    header = runtime().viewer_header
    values = st.context.headers.get_all(header) if header else []
    if len(values) != 1:  # two of them: one may be a visitor's own, and which cannot be told
        return None
    try:
        name = clean_name(values[0].encode("latin-1").decode())
    except UnicodeError:
        name = clean_name(values[0])
    return Viewer(f"proxy:{name}", name) if name else None
