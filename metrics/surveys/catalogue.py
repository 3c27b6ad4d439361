"""Every figure about surveys as data, as metrics/catalogue.py has those of conversations.

Tooltips of the Surveys page, the Definitions page and docs/metrics.md are made from it.
"""

from __future__ import annotations

from functools import partial

from metrics.metric import Better, Metric, Unit, count, rate, score

CSAT_PAGE = "Microsoft Learn, Copilot Studio: customer satisfaction analytics"
SURVEYS_PAGE = "Microsoft Learn, Dynamics 365 Contact Center: configure feedback surveys (CSAT, NPS, CES)"
PRR_PAGE = "Microsoft Learn, Copilot Studio: understand conversation transcripts, PRRSurveyRequest and PRRSurveyResponse"
NET_PROMOTER = "Reichheld, The One Number You Need to Grow, 2003"
EFFORT = "Customer Effort Score 2.0: agreement from 1 to 7 that it was made easy"
PER_SURVEY = "conversation, once for each kind of survey"
ASKED = "closed conversations of the chosen kind in which the survey was asked, or answered unasked"
ANSWERED = "of these the ones with an answer"

_count = partial(count, grain=PER_SURVEY, source=SURVEYS_PAGE)
_rate = partial(rate, grain=PER_SURVEY, source=SURVEYS_PAGE)
_score = partial(score, grain=PER_SURVEY, source=SURVEYS_PAGE)

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
        ASKED,
    ),
    _score(
        "survey_csat",
        "CSAT (surveys)",
        "Mean answer to the satisfaction survey, 1 to 5. Over bot conversations it is the CSAT of the other pages.",
        "sum of the answers",
        ANSWERED,
        unit=Unit.RATING,
        source=CSAT_PAGE,
    ),
    _rate(
        "survey_csat_satisfied",
        "Satisfied",
        "Share of the satisfaction survey's answers that are 4 or 5.",
        "answers of 4 or 5",
        ANSWERED,
        Better.HIGHER,
        source=CSAT_PAGE,
    ),
    _score(
        "survey_nps",
        "NPS",
        "Net promoter score: promoters, who answer 9 or 10, less detractors, who answer 0 to 6, in points per hundred "
        "answers. From −100 to +100; who answers 7 or 8 counts among the answers only.",
        "answers of 9 or 10, less answers of 0 to 6",
        ANSWERED,
        unit=Unit.POINTS,
        source=NET_PROMOTER,
    ),
    _rate(
        "survey_promoters",
        "Promoters",
        "Share of answers that are 9 or 10.",
        "answers of 9 or 10",
        ANSWERED,
        Better.HIGHER,
        source=NET_PROMOTER,
    ),
    _rate("survey_passives", "Passives", "Share of answers that are 7 or 8.", "answers of 7 or 8", ANSWERED, source=NET_PROMOTER),
    _rate(
        "survey_detractors",
        "Detractors",
        "Share of answers that are 0 to 6.",
        "answers of 0 to 6",
        ANSWERED,
        Better.LOWER,
        source=NET_PROMOTER,
    ),
    _score(
        "survey_ces",
        "CES",
        "Customer effort score: mean agreement, 1 to 7, that it was easy to have the issue handled; higher is easier.",
        "sum of the answers",
        ANSWERED,
        unit=Unit.EFFORT,
        source=EFFORT,
    ),
    _rate(
        "survey_ces_easy",
        "Found it easy",
        "Share of the effort survey's answers that are 5 to 7.",
        "answers of 5 to 7",
        ANSWERED,
        Better.HIGHER,
        source=EFFORT,
    ),
    _rate(
        "survey_answered_question",
        "Question answered",
        "Share of the answers to \u201cDid that answer your question?\u201d that are yes.",
        "answers that are yes",
        ANSWERED,
        Better.HIGHER,
        source=PRR_PAGE,
    ),
)
