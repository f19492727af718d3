#include "projections/explanation/lead_ways.h"

#include <cmath>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "projections/rules/payload_fields.h"
#include "projections/scoring/decay.h"

namespace journey::projections {
namespace {

using core::Micros;
using storage::v1::JourneyState;

// "consultation, demo or pricing".
std::string NamesOf(const v1::MissingCondition& missing) {
  std::string out;
  for (int i = 0; i < missing.intents_size(); ++i) {
    const bool is_last = i > 0 && i + 1 == missing.intents_size();
    absl::StrAppend(
        &out,
        i == 0    ? ""
        : is_last ? " or "
                  : ", ",
        ShortName(*v1::FormSubmission::Intent_descriptor()->FindValueByNumber(
            missing.intents(i))));
  }
  return out;
}

// Points to a tenth, rounded up: so many are enough.
std::string PointsText(double points) {
  const double tenths = std::ceil((points - kScoreTolerance) * 10);
  const std::string text = absl::StrFormat("%.1f", tenths / 10);
  return std::string(absl::StripSuffix(text, ".0"));
}

std::string TextOf(const v1::MissingCondition& missing) {
  switch (missing.type()) {
    case v1::MISSING_CONDITION_TYPE_POINTS:
      return absl::StrCat(PointsText(missing.points()), " more points");
    case v1::MISSING_CONDITION_TYPE_MARKETING:
      return "a touchpoint through marketing";
    case v1::MISSING_CONDITION_TYPE_FIT:
      return absl::StrCat(PointsText(missing.points()), " more fit points");
    case v1::MISSING_CONDITION_TYPE_REQUEST:
      return absl::StrCat("a ", NamesOf(missing), " request");
    case v1::MISSING_CONDITION_TYPE_MEETING:
      return "a sales meeting that is held";
    case v1::MISSING_CONDITION_TYPE_ACCEPTANCE:
      return "sales accepting the lead";
    case v1::MISSING_CONDITION_TYPE_PURCHASE:
      return "a purchase";
    case v1::MISSING_CONDITION_TYPE_IDENTITY:
      return "a link to a contact or an account";
    default:
      return "";
  }
}

void AddMissing(v1::MissingConditionType type, double points,
                v1::LeadWay& way) {
  v1::MissingCondition& missing = *way.add_missing();
  missing.set_type(type);
  missing.set_points(points);
}

v1::LeadWay WithText(v1::LeadWay way) {
  way.set_text(absl::StrJoin(way.missing(), " and ",
                             [](std::string* out, const auto& m) {
                               absl::StrAppend(out, TextOf(m));
                             }));
  return way;
}

// A way on which one thing is missing.
v1::LeadWay SingleWay(v1::LeadStatus to, v1::MissingConditionType type) {
  v1::LeadWay way;
  way.set_to(to);
  AddMissing(type, 0, way);
  return WithText(std::move(way));
}

v1::LeadWay WayToMql(const v1::BehaviourScoreRules& rules,
                     const storage::v1::ScoringState& scoring, Micros instant) {
  v1::LeadWay way;
  way.set_to(v1::LEAD_STATUS_MQL);
  const double points =
      rules.mql_threshold() -
      ScoreAt(scoring.qualifying(), instant, rules.half_life_days());
  if (points > kScoreTolerance) {
    AddMissing(v1::MISSING_CONDITION_TYPE_POINTS, points, way);
  }
  if (!scoring.has_marketing()) {
    AddMissing(v1::MISSING_CONDITION_TYPE_MARKETING, 0, way);
  }
  if (scoring.fit() < 0) {
    AddMissing(v1::MISSING_CONDITION_TYPE_FIT, -scoring.fit(), way);
  }
  return WithText(std::move(way));
}

void AddWaysToSql(const v1::QualificationRules& rules,
                  std::vector<v1::LeadWay>& ways) {
  if (!rules.sql_form_intents().empty()) {
    v1::LeadWay way;
    way.set_to(v1::LEAD_STATUS_SQL);
    AddMissing(v1::MISSING_CONDITION_TYPE_REQUEST, 0, way);
    *way.mutable_missing(0)->mutable_intents() = rules.sql_form_intents();
    ways.push_back(WithText(std::move(way)));
  }
  if (rules.sql_meeting_held()) {
    ways.push_back(
        SingleWay(v1::LEAD_STATUS_SQL, v1::MISSING_CONDITION_TYPE_MEETING));
  }
  ways.push_back(
      SingleWay(v1::LEAD_STATUS_SQL, v1::MISSING_CONDITION_TYPE_ACCEPTANCE));
}

}  // namespace

std::vector<v1::LeadWay> LeadWays(const Rules& rules, const JourneyState& state,
                                  Micros instant) {
  const v1::RuleSet& rule_set = rules.rule_set();
  std::vector<v1::LeadWay> ways;
  if (state.subject().type() == v1::SUBJECT_TYPE_VISITOR) {
    return {SingleWay(v1::LEAD_STATUS_UNSPECIFIED,
                      v1::MISSING_CONDITION_TYPE_IDENTITY)};
  }
  switch (state.lead().status()) {
    case v1::LEAD_STATUS_NONE:
    case v1::LEAD_STATUS_RECYCLED:
      if (rule_set.scoring().has_behaviour()) {
        ways.push_back(
            WayToMql(rule_set.scoring().behaviour(), state.scoring(), instant));
      }
      AddWaysToSql(rule_set.qualification(), ways);
      break;
    case v1::LEAD_STATUS_MQL:
      AddWaysToSql(rule_set.qualification(), ways);
      break;
    case v1::LEAD_STATUS_SQL:
      ways.push_back(SingleWay(v1::LEAD_STATUS_CUSTOMER,
                               v1::MISSING_CONDITION_TYPE_PURCHASE));
      break;
    case v1::LEAD_STATUS_DISQUALIFIED:
      ways.push_back(SingleWay(state.purchase_count() > 0
                                   ? v1::LEAD_STATUS_CUSTOMER
                                   : v1::LEAD_STATUS_SQL,
                               v1::MISSING_CONDITION_TYPE_ACCEPTANCE));
      break;
    default:
      break;
  }
  return ways;
}

}  // namespace journey::projections
