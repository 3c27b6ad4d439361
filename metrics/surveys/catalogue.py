"""Every figure about surveys as data, as metrics/catalogue.py has those of conversations.

Tooltips of the Surveys page, the Definitions page and docs/metrics.md are made from it.
"""

from __future__ import annotations

from metrics.metric import Better, Metric, MetricKind, Unit

CSAT_PAGE = "Microsoft Learn, Copilot Studio: customer satisfaction analytics"
SURVEYS_PAGE = "Microsoft Learn, Dynamics 365 Contact Center: configure feedback surveys (CSAT, NPS, CES)"
PRR_PAGE = "Microsoft Learn, Copilot Studio: understand conversation transcripts, PRRSurveyRequest and PRRSurveyResponse"
NET_PROMOTER = "Reichheld, The One Number You Need to Grow, 2003"
EFFORT = "Customer Effort Score 2.0: agreement from 1 to 7 that it was made easy"
PER_SURVEY = "conversation, once for each kind of survey"
ASKED = "closed conversations of the chosen kind in which the survey was asked, or answered unasked"
ANSWERED = "of these the ones with an answer"


def _count(key: str, label: str, definition: str) -> Metric:
    unit, neither = Unit.CONVERSATIONS, Better.NEITHER
    return Metric(key, label, definition, MetricKind.COUNT, label.lower(), "", unit, PER_SURVEY, neither, 0, SURVEYS_PAGE)


def _rate(
    key: str, label: str, definition: str, numerator: str, source: str, better: Better, denominator: str = ANSWERED
) -> Metric:
    return Metric(
        key, label, definition, MetricKind.RATIO, numerator, denominator, Unit.SHARE, PER_SURVEY, better, None, source
    )  # fmt: skip


def _mean(key: str, label: str, definition: str, unit: Unit, source: str) -> Metric:
    return Metric(
        key, label, definition, MetricKind.SCORE, "sum of the answers", ANSWERED, unit, PER_SURVEY, Better.HIGHER, None, source
    )  # fmt: skip


SURVEY_CATALOGUE: tuple[Metric, ...] = (
    _count(
        "surveys_asked",
        "Surveys asked",
        "Closed conversations in which the survey was asked, or answered unasked. One that was asked several times counts once.",
    ),
    _count(
        "surveys_answered",
        "Surveys answered",
        "Of these the ones with an answer; of several answers in one conversation the last counts.",
    ),
    _rate(
        "survey_response_rate",
        "Response rate",
        "Share of the conversations in which the survey was asked that have an answer.",
        "closed conversations of the chosen kind with an answer",
        SURVEYS_PAGE,
        Better.NEITHER,
        ASKED,
    ),
    _mean(
        "survey_csat",
        "CSAT (surveys)",
        "Mean answer to the satisfaction survey, 1 to 5. Over bot conversations it is the CSAT of the other pages.",
        Unit.RATING,
        CSAT_PAGE,
    ),
    _rate(
        "survey_csat_satisfied",
        "Satisfied",
        "Share of the satisfaction survey's answers that are 4 or 5.",
        "answers of 4 or 5",
        CSAT_PAGE,
        Better.HIGHER,
    ),
    Metric(
        key="survey_nps",
        label="NPS",
        definition="Net promoter score: promoters, who answer 9 or 10, less detractors, who answer 0 to 6, in points per hundred "
        "answers. From −100 to +100; who answers 7 or 8 counts among the answers only.",
        kind=MetricKind.SCORE,
        numerator="answers of 9 or 10, less answers of 0 to 6",
        denominator=ANSWERED,
        unit=Unit.POINTS,
        grain=PER_SURVEY,
        better=Better.HIGHER,
        empty=None,
        source=NET_PROMOTER,
    ),
    _rate(
        "survey_promoters",
        "Promoters",
        "Share of answers that are 9 or 10.",
        "answers of 9 or 10",
        NET_PROMOTER,
        Better.HIGHER,
    ),
    _rate(
        "survey_passives",
        "Passives",
        "Share of answers that are 7 or 8.",
        "answers of 7 or 8",
        NET_PROMOTER,
        Better.NEITHER,
    ),
    _rate(
        "survey_detractors",
        "Detractors",
        "Share of answers that are 0 to 6.",
        "answers of 0 to 6",
        NET_PROMOTER,
        Better.LOWER,
    ),
    _mean(
        "survey_ces",
        "CES",
        "Customer effort score: mean agreement, 1 to 7, that it was easy to have the issue handled; higher is easier.",
        Unit.EFFORT,
        EFFORT,
    ),
    _rate(
        "survey_ces_easy",
        "Found it easy",
        "Share of the effort survey's answers that are 5 to 7.",
        "answers of 5 to 7",
        EFFORT,
        Better.HIGHER,
    ),
    _rate(
        "survey_answered_question",
        "Question answered",
        "Share of the answers to \u201cDid that answer your question?\u201d that are yes.",
        "answers that are yes",
        PRR_PAGE,
        Better.HIGHER,
    ),
)
