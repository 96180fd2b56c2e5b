"""Protocols: what parses, what contradicts itself, and the templates."""

import pytest

from asreview_mc.core.errors import ProtocolError, UnknownError
from asreview_mc.core.protocol import ROLES, Criterion, Reason, Reviewer
from asreview_mc.core.protocol_file import TEMPLATES, parse, template

TEAM = '[[reviewers]]\nname = "R1"\n[[reviewers]]\nname = "R2"\n'
CARD = "[[subtopics]]\ncode = '{0}'\nlabel = 'l'\ngroup = 'g'\ndefinition = 'd'\ncues = ['{1}']\n"
GOOD = f'[review]\ntitle = "T"\n{TEAM}'


def refusal(text: str) -> str:
    with pytest.raises(ProtocolError) as refused:
        parse(text)
    assert len(str(refused.value).splitlines()) == 1
    assert str(refused.value).startswith("protocol.toml: ")
    assert refused.value.remedy
    return refused.value.what


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_is_a_protocol_of_two_who_decide(name):
    """A new review starts from a protocol that holds, with R1 and R2 to rename."""
    protocol = parse(template(name))
    assert protocol.screeners == ("R1", "R2")
    assert protocol.decisions_wanted == 2
    assert [reason.code for reason in protocol.reasons] == ["study_design", "publication_type", "setting"]
    assert all(reason.definition for reason in protocol.reasons)
    assert protocol.text == template(name)


def test_the_micro_credentials_template_holds_the_model_review():
    """Requirements 1 to 13, 31 to 32 and 36 to 50 of the model review are in its template."""
    protocol = parse(template("micro-credentials"))
    assert len(protocol.guiding_questions) == 3
    assert len(protocol.inclusion) == 4
    assert len(protocol.cards) == 10
    assert len({card.group for card in protocol.cards}) == 3
    assert all(card.cues and card.examples for card in protocol.cards)
    assert [source.name for source in protocol.sources] == ["EBSCOhost", "Taylor&Francis", "SpringerLink"]
    assert all("micro-credential*" in source.query for source in protocol.sources)
    assert all((protocol.aim, protocol.question, protocol.scope, protocol.definition, protocol.concepts))
    assert set(protocol.signed_off_by) <= set(protocol.names)
    by_code = {field.code: field for field in protocol.extraction}
    assert set(by_code["subtopics"].choices) == {card.label for card in protocol.cards}


def test_an_unknown_template_is_refused_with_the_known_ones():
    """The message names what there is to choose from."""
    with pytest.raises(UnknownError, match=r"cochrane.*micro-credentials, blank"):
        template("cochrane")


def test_what_a_protocol_leaves_out_has_a_default():
    """Title and team are enough."""
    protocol = parse(GOOD)
    assert (protocol.title, protocol.decisions_wanted, protocol.maybe) == ("T", 2, "conflict")
    assert protocol.maybe_in_agreement == "include"
    assert protocol.inclusion == protocol.cards == protocol.sources == ()


def test_everything_written_is_read():
    """Each table ends up in its place."""
    protocol = parse(
        GOOD
        + """
        [screening]
        decisions_wanted = 1
        maybe = "include"
        maybe_in_agreement = "omit"
        [keywords]
        include = [" badge "]
        exclude = ["nurse"]
        [[criteria.inclusion]]
        code = "date"
        text = "since 2015"
        [[criteria.exclusion]]
        code = "schools"
        text = "schools"
        [[reasons]]
        code = "setting"
        label = "wrong setting"
        definition = "outside"
        """
    )
    assert (protocol.decisions_wanted, protocol.maybe, protocol.maybe_in_agreement) == (1, "include", "omit")
    assert (protocol.keywords_include, protocol.keywords_exclude) == (("badge",), ("nurse",))
    assert protocol.inclusion == (Criterion("date", "since 2015"),)
    assert protocol.exclusion == (Criterion("schools", "schools"),)
    assert protocol.reasons == (Reason("setting", "wrong setting", "outside"),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TEAM, "[review] title is empty"),
        (f'[review]\ntitle = "  "\n{TEAM}', "[review] title is empty"),
        (f"[review]\ntitle = 3\n{TEAM}", "[review] title must be text"),
        (f'[review]\ntitle = "T"\nconcepts = "badge"\n{TEAM}', "[review] concepts must be a list of texts"),
        (f'[review]\ntitle = "T"\nconcepts = [1]\n{TEAM}', "[review] concepts must be a list of texts"),
        (f'[review]\ntitle = "T"\ncolour = 1\n{TEAM}', "[review] has an unknown setting 'colour'"),
        (f"review = 3\n{TEAM}", "[review] must be a table"),
        (f"{GOOD}[reviewer]\n", "the file has an unknown setting 'reviewer'"),
        (f"{GOOD}[screening]\nwanted = 2\n", "[screening] has an unknown setting 'wanted'"),
        (f"{GOOD}[screening]\ndecisions_wanted = 0\n", "decisions_wanted must be 1 to 5"),
        (f"{GOOD}[screening]\ndecisions_wanted = 6\n", "decisions_wanted must be 1 to 5"),
        (f'{GOOD}[screening]\ndecisions_wanted = "2"\n', "decisions_wanted must be a whole number"),
        (f"{GOOD}[screening]\ndecisions_wanted = 2.0\n", "decisions_wanted must be a whole number"),
        (f"{GOOD}[screening]\ndecisions_wanted = true\n", "decisions_wanted must be a whole number"),
        (f"{GOOD}[screening]\ndecisions_wanted = 3\n", "[[reviewers]] has 2 who decide, but decisions_wanted is 3"),
        (f'{GOOD}[screening]\nmaybe = "exclude"\n', "[screening] maybe must be"),
        (f'{GOOD}[screening]\nmaybe_in_agreement = "conflict"\n', "[screening] maybe_in_agreement must be"),
        ('[review]\ntitle = "T"\n', "[[reviewers]] has 0 who decide"),
        (f'{GOOD}[[reviewers]]\nname = "R3"\nrole = "boss"\n', "'R3' has the role 'boss'"),
        (f'{GOOD}[[reviewers]]\nname = " "\n', "[[reviewers]] has an empty name"),
        (f'{GOOD}[[reviewers]]\nname = "R1 "\n', "[[reviewers]] name 'R1' stands twice"),
        (f'{GOOD}[[reviewers]]\nrole = "owner"\n', "[[reviewers]] number 3 lacks 'name'"),
        (f'{GOOD}[[reviewers]]\nname = "R3"\nage = 3\n', "[[reviewers]] number 3 has an unknown setting 'age'"),
        ('reviewers = "R1"\n[review]\ntitle = "T"\n', "[[reviewers]] must be a list of tables"),
        (f'{GOOD}[[criteria.inclusion]]\ncode = "Date"\ntext = "x"\n', "[[criteria.inclusion]] code 'Date' must be"),
        (f'{GOOD}[[criteria.exclusion]]\ncode = "a b"\ntext = "x"\n', "[[criteria.exclusion]] code 'a b' must be"),
        (f'{GOOD}[[reasons]]\ncode = ""\nlabel = "l"\ndefinition = "d"\n', "[[reasons]] code '' must be"),
        (GOOD + 2 * "[[reasons]]\ncode = 'a'\nlabel = 'l'\ndefinition = 'd'\n", "[[reasons]] code 'a' stands twice"),
        (GOOD + 2 * "[[extraction]]\ncode = 'a'\nlabel = 'l'\ntype = 't'\n", "[[extraction]] code 'a' stands twice"),
        (GOOD + "[[subtopics]]\ncode = 'a'\nlabel = 'l'\ngroup = 'g'\ndefinition = ''\n",
         "[[subtopics]] 'a' has an empty definition"),
        (GOOD + "".join(f"[[subtopics]]\ncode = '{c}'\nlabel = 'l'\ngroup = 'g'\ndefinition = 'd'\ncues = ['{cue}']\n"
                        for c, cue in (("a", "badge"), ("b", "Badge"))), "'a' and 'b' share the cue 'Badge'"),
        (GOOD + CARD.format("a", "badge"), "[[subtopics]] has 1 cards, and sub-topics need 2 to 50"),
        (GOOD + "".join(CARD.format(f"c{k}", f"cue {k:02d} of") for k in range(51)), "[[subtopics]] has 51 cards"),
        (GOOD + CARD.format("a", "skill*") + CARD.format("b", "skills"),
         "'a' and 'b' share the cue 'skills' ('skill*' there)"),
        (GOOD + CARD.format("a", "micro-credential") + CARD.format("b", "micro credential"),
         "share the cue 'micro credential' ('micro-credential' there)"),
        (GOOD + CARD.format("a", "micro-credential") + CARD.format("b", "microcredential"), "share the cue 'microcred"),
        (GOOD + CARD.format("a", "badge") + CARD.format("b", "*"), "'b' has a cue without letters: '*'"),
        (f"{GOOD}[keywords]\ninclude = [1]\n", "[keywords] include must be a list of texts"),
        (f"{GOOD}[criteria]\nmaybe = []\n", "[criteria] has an unknown setting 'maybe'"),
    ],
)  # fmt: skip
def test_each_contradiction_is_named(text, said):
    """A protocol that cannot be meant is refused, with the setting named."""
    assert said in refusal(text)


def test_all_problems_are_named_at_once():
    """Nobody corrects a protocol one message at a time."""
    what = refusal(
        "colour = 1\n[review]\ntitle = ''\n[screening]\ndecisions_wanted = 9\nmaybe = 'x'\nmaybe_in_agreement = 'y'\n"
        "[[reviewers]]\nname = 'R1'\nrole = 'boss'\n[[reasons]]\ncode = 'A'\nlabel = 'l'\n"
    )
    for part in ("'colour'", "title is empty", "1 to 5", "maybe must", "maybe_in_agreement", "'boss'", "lacks 'defin"):
        assert part in what
    assert what.count("; ") == 8


@pytest.mark.parametrize("text", ["title = ", "[review", "\x00", "a = 1\na = 2", "[review]\ntitle = 'T\n'", "\ufeffx"])
def test_what_is_not_toml_is_refused_with_the_line(text):
    """The parser's own words, with the place, in one line."""
    assert refusal(text).startswith("is not valid TOML: ")


def test_the_place_named_is_the_file_given():
    """Callers say which text it was."""
    with pytest.raises(ProtocolError, match=r"^draft\.toml: "):
        parse("", where="draft.toml")


def test_roles_say_who_decides():
    """Reviewers and owners decide; adjudicators and experts are on the team but decide nothing."""
    team = "".join(f"[[reviewers]]\nname = '{role}'\nrole = '{role}'\n" for role in ROLES)
    protocol = parse(f"[review]\ntitle = 'T'\n{team}")
    assert protocol.names == ROLES
    assert protocol.screeners == ("reviewer", "owner")
    assert protocol.reviewer("expert") == Reviewer("expert", "expert")


def test_who_or_what_is_not_in_the_protocol_is_refused_with_what_is():
    """Unknown names are errors that list the known ones."""
    protocol = parse(GOOD)
    with pytest.raises(UnknownError, match=r"'ana'.*R1, R2"):
        protocol.reviewer("ana")
    with pytest.raises(UnknownError, match=r"'setting'.*Choose one of none"):
        protocol.reason("setting")
    assert parse(template("blank")).reason("setting").label == "wrong setting"


def test_the_query_is_what_the_review_asks_for():
    """Title, questions, objectives and inclusion criteria, without exclusions and without empty lines."""
    protocol = parse(
        f"[review]\ntitle='T'\naim='A'\nquestion='Q'\nguiding_questions=['G','']\n{TEAM}"
        "[[criteria.inclusion]]\ncode='c'\ntext='C'\n[[criteria.exclusion]]\ncode='x'\ntext='X'\n"
    )
    assert protocol.query_text == "T\nQ\nG\nA\nC"
    assert parse(f"[review]\ntitle='T'\naim='A'\nobjectives='O'\n{TEAM}").query_text == "T\nO"
