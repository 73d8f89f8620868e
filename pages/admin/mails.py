"""Texts of mails to buyers, per mail and language, with the mail beside them as it would look."""

from __future__ import annotations

from typing import Any

from dash import ALL, Input, Output, State, dcc, html, no_update

from app.domain import Access
from app.domain.mail_texts import PART_LENGTHS, PARTS, PLACES, TEXT_SETTINGS, setting_of
from app.errors import EditClash, InvalidInput, ShopError
from app.services import services
from app.web.identity.principal import current_actor
from app.web.page import Page
from app.words import BY_CODE, ENGLISH
from components.admin import mail_texts as parts
from components.kit.feedback import toast
from components.kit.ui import card, link_button, page_head
from pages.admin._clashes import given_up, now_seen, seen_of, shown
from pages.admin._common import text_of

page = Page("admin-mails", path="/admin/mails", title="Texts of mails", access=Access.ADMIN, frame="admin")

LONGEST = 4 * max(PART_LENGTHS.values())  # what is longer is refused by its check, in words about the part
INPUTS = [Input(page.id(part), "value") for part in PARTS]
STATES = [State(page.id(part), "value") for part in PARTS]
SECTION = "texts of mails"


@page.layout
def layout(mail: Any = "receipt", **_: Any) -> html.Div:
    mail, code = mail if mail in PLACES else "receipt", ENGLISH.code
    values = _values(mail, code)
    return html.Div(
        [
            page_head(
                "Texts of mails",
                "What buyers read in their own language. What is saved here holds for every mail sent from then on.",
                [
                    link_button("Sender and footer", "/admin/settings?section=mail", icon_name="sliders"),
                    link_button("Notifications", "/admin/notifications", icon_name="envelope"),
                ],
            ),
            parts.choices(page.id, mail, code),
            html.Div(
                [
                    card("Texts", parts.text_form(page.id, mail, values)),
                    card("Preview", parts.preview_card(page.id, _preview(mail, code, values, "phone"))),
                ],
                className="cols cols-even",
            ),
            dcc.Store(id=page.id("seen"), data=values),
        ]
    )


@page.callback(
    *[Output(page.id(part), "value") for part in PARTS],
    Output(page.id("seen"), "data"),
    Output(page.id("places"), "children"),
    Output(page.id("error"), "children"),
    Output(page.id("clashes"), "children"),
    Input(page.id("mail"), "value"),
    Input(page.id("code"), "value"),
    prevent_initial_call=True,
)
def choose(mail: Any, code: Any) -> tuple[Any, ...]:
    mail, code = _chosen(mail, code)
    values = _values(mail, code)
    return *(values[part] for part in PARTS), values, parts.places(mail), "", None


@page.callback(
    Output(page.id("preview"), "children"),
    *[Output(f"{page.id(part)}-error", "children") for part in PARTS],
    *INPUTS,
    Input(page.id("view"), "value"),
    Input(page.id("seen"), "data"),
    State(page.id("mail"), "value"),
    State(page.id("code"), "value"),
    prevent_initial_call=True,
)
def show(*sent: Any) -> tuple[Any, ...]:
    *texts, view, _seen, mail, code = sent
    mail, code = _chosen(mail, code)
    if not isinstance(view, str) or view not in dict(parts.VIEWS):
        raise InvalidInput("Choose one of the views shown.", "view")
    values = _typed(texts)
    names = {part: setting_of(mail, code, part) for part in PARTS}
    _, wrong = services().shop_settings.preview({names[part]: values[part] for part in PARTS})
    right = {part: text for part, text in values.items() if names[part] not in wrong}
    return _preview(mail, code, right, view), *(wrong.get(names[part], "") for part in PARTS)


@page.callback(
    Output(page.id("seen"), "data", allow_duplicate=True),
    Output(page.id("error"), "children", allow_duplicate=True),
    Output(page.id("clashes"), "children", allow_duplicate=True),
    Output("toast-request", "data", allow_duplicate=True),
    *[Output(page.id(part), "value", allow_duplicate=True) for part in PARTS],
    Input(page.id("save"), "n_clicks"),
    *STATES,
    State(page.id("mail"), "value"),
    State(page.id("code"), "value"),
    State(page.id("seen"), "data"),
    State(page.item("choice", ALL), "value"),
    prevent_initial_call=True,
    running=[(Output(page.id("save"), "disabled"), True, False)],
)
def save(clicks: Any, *sent: Any) -> tuple[Any, ...]:
    kept = (no_update,) * len(PARTS)
    if not clicks:
        return no_update, no_update, no_update, no_update, *kept
    *texts, mail, code, seen, _choices = sent
    known: dict[str, Any] = {}
    try:
        mail, code = _chosen(mail, code)
        known = seen_of(seen, dict.fromkeys(PARTS, str))
        values = _typed(texts)
        values |= {part: known[part] for part in given_up(page, PARTS)}
        is_changed = services().shop_settings.save(
            SECTION, _named(mail, code, values), _named(mail, code, known), current_actor()
        )
    except EditClash as clash:
        by_part = EditClash([_of_part(one) for one in clash.clashes])
        both = shown(page, by_part, {part: (parts.LABELS[part][0], str) for part in PARTS})
        return now_seen(known, by_part), clash.message, both, no_update, *kept
    except ShopError as error:
        return no_update, error.message, no_update, no_update, *kept
    told = "Saved. Mails that are sent from now on have it." if is_changed else "Nothing was changed."
    values = _values(mail, code)
    return values, "", None, toast(told), *(values[part] for part in PARTS)


def _chosen(mail: Any, code: Any) -> tuple[str, str]:
    if not isinstance(mail, str) or mail not in PLACES or not isinstance(code, str) or code not in BY_CODE:
        raise InvalidInput("Choose one of the mails and languages shown.", "mail")
    return mail, code


def _typed(texts: list[Any]) -> dict[str, str]:
    return {part: text_of(text, LONGEST, part) for part, text in zip(PARTS, texts, strict=True)}


def _values(mail: str, code: str) -> dict[str, str]:
    """What is saved, by part."""
    values = services().shop_settings.values()
    return {part: values[setting_of(mail, code, part)] for part in PARTS}


def _named(mail: str, code: str, values: dict[str, Any]) -> dict[str, str]:
    return {setting_of(mail, code, part): str(values[part]) for part in PARTS}


def _of_part(clash: Any) -> Any:
    return type(clash)(TEXT_SETTINGS[clash.field][2], theirs=clash.theirs, mine=clash.mine)


def _preview(mail: str, code: str, values: dict[str, str], view: str) -> Any:
    texts = {setting_of(mail, code, part): text for part, text in values.items()}
    return parts.preview(services().mail_samples.of(mail, code, texts), code, view)
