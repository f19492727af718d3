#include "tests/projections/reference_scoring.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "service/core/time.h"
#include "service/core/touchpoint.h"

namespace journey::testing {
namespace {

using core::Micros;

// Scores that differ by less are equal.
constexpr long double kTolerance = 1e-9L;

// What is known by name: texts in quotes, numbers and booleans as they are.
using Attributes = std::map<std::string, std::string>;

std::string Quoted(const std::string& text) {
  return absl::StrCat("'", absl::AsciiStrToLower(text), "'");
}

std::string Written(const google::protobuf::Value& value) {
  switch (value.kind_case()) {
    case google::protobuf::Value::kStringValue:
      return Quoted(value.string_value());
    case google::protobuf::Value::kNumberValue:
      return absl::StrCat(value.number_value());
    case google::protobuf::Value::kBoolValue:
      return value.bool_value() ? "true" : "false";
    default:
      return "";
  }
}

// Free ones; an empty value stands for null.
Attributes FreeAttributes(const v1::Touchpoint& t) {
  Attributes out;
  for (const auto& [key, value] : t.attributes().fields()) {
    out[key] = Written(value);
  }
  return out;
}

Attributes AllAttributes(const v1::Touchpoint& t) {
  Attributes out = FreeAttributes(t);
  const auto add = [&](const char* key, const std::string& text) {
    if (!text.empty()) out[key] = Quoted(text);
  };
  add("url", t.site_visit().url());
  add("event_type", t.event_attendance().event_type());
  add("industry", t.profile().industry());
  add("mail_domain", t.profile().mail_domain());
  if (t.has_site_visit()) out["pages"] = absl::StrCat(t.site_visit().pages());
  if (t.has_chat()) out["messages"] = absl::StrCat(t.chat().messages());
  if (t.has_email()) out["bulk"] = t.email().bulk() ? "true" : "false";
  return out;
}

bool Holds(const v1::AttributeCondition& condition,
           const Attributes& attributes) {
  const auto it = attributes.find(condition.key());
  if (it == attributes.end() || it->second.empty()) return false;
  const std::string& value = it->second;
  bool listed = condition.one_of().empty();
  for (const std::string& text : condition.one_of()) {
    listed = listed || value == Quoted(text) || value == text;
  }
  char* end = nullptr;
  const double number = std::strtod(value.c_str(), &end);
  const bool is_number = *end == '\0';
  return listed &&
         (!condition.has_min() || (is_number && number >= condition.min())) &&
         (!condition.has_max() || (is_number && number <= condition.max()));
}

std::string ActionOf(const v1::Touchpoint& t) {
  std::string name;
  const auto set = [&](absl::string_view full, absl::string_view prefix) {
    name = absl::AsciiStrToLower(absl::StripPrefix(full, prefix));
  };
  if (t.has_form_submission()) {
    set(v1::FormSubmission::Intent_Name(t.form_submission().intent()),
        "INTENT_");
  } else if (t.has_email()) {
    set(v1::Email::Action_Name(t.email().action()), "ACTION_");
  } else if (t.has_content()) {
    set(v1::Content::Action_Name(t.content().action()), "ACTION_");
  } else if (t.has_event_attendance()) {
    set(v1::EventAttendance::Action_Name(t.event_attendance().action()),
        "ACTION_");
  } else if (t.has_ad_interaction()) {
    set(v1::AdInteraction::Action_Name(t.ad_interaction().action()), "ACTION_");
  } else if (t.has_call()) {
    set(v1::Call::Outcome_Name(t.call().outcome()), "OUTCOME_");
  }
  return name;
}

}  // namespace

ReferenceScoring::ReferenceScoring(const v1::RuleSet& rules,
                                   const std::vector<v1::Touchpoint>& history)
    : rules_(rules), history_(history) {
  const auto& conditions = rules.scoring().behaviour().conditions();
  for (size_t i = 0; i < history.size(); ++i) {
    for (int c = 0; c < conditions.size(); ++c) {
      if (!MeetsFirstInVisit(i, conditions[c])) continue;
      if (!IsEnough(i, conditions[c])) continue;
      const int kept = Kept(i, conditions[c]);
      given_.push_back({i, c, conditions[c].points(), kept});
    }
  }
}

Micros ReferenceScoring::At(size_t i) const {
  return core::ToMicros(history_[i].occurred_at());
}

int64_t ReferenceScoring::Week(size_t i) const {
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(rules_.time_zone(), &zone)) std::abort();
  absl::CivilDay day(absl::ToCivilDay(absl::FromUnixMicros(At(i)), zone));
  while (absl::GetWeekday(day) != absl::Weekday::monday) --day;
  return day - absl::CivilDay();
}

bool ReferenceScoring::Meets(size_t i,
                             const v1::BehaviourCondition& condition) const {
  const v1::Touchpoint& t = history_[i];
  const auto& actions = condition.actions();
  const Attributes attributes = AllAttributes(t);
  return core::KindOf(t) == condition.kind() &&
         (actions.empty() ||
          std::count(actions.begin(), actions.end(), ActionOf(t)) > 0) &&
         (condition.direction() == v1::DIRECTION_UNSPECIFIED ||
          condition.direction() == core::DirectionOf(t)) &&
         std::all_of(condition.attributes().begin(),
                     condition.attributes().end(),
                     [&](const auto& a) { return Holds(a, attributes); });
}

// Visits less than 30 minutes apart are one.
bool ReferenceScoring::MeetsFirstInVisit(
    size_t i, const v1::BehaviourCondition& condition) const {
  if (!Meets(i, condition)) return false;
  if (!history_[i].has_site_visit()) return true;
  Micros begin = At(i);
  for (size_t j = i; j > 0; --j) {
    if (!history_[j - 1].has_site_visit()) continue;
    if (begin - At(j - 1) >= Micros{30} * 60 * core::kMicrosPerSecond)
      return true;
    if (Meets(j - 1, condition)) return false;
    begin = At(j - 1);
  }
  return true;
}

bool ReferenceScoring::IsEnough(size_t i,
                                const v1::BehaviourCondition& condition) const {
  if (!condition.has_count()) return true;
  int count = 0;
  for (size_t j = 0; j <= i; ++j) {
    if (MeetsFirstInVisit(j, condition) &&
        At(i) < At(j) + condition.count().within_days() * core::kMicrosPerDay) {
      ++count;
    }
  }
  return count >= condition.count().at_least();
}

// The bound, minus what the group has given in the week already.
int ReferenceScoring::Kept(size_t i,
                           const v1::BehaviourCondition& condition) const {
  const v1::BehaviourScoreRules& rules = rules_.scoring().behaviour();
  for (const v1::ScoreGroup& group : rules.groups()) {
    if (group.id() != condition.group()) continue;
    int before = 0;
    for (const Given& given : given_) {
      if (rules.conditions(given.condition).group() == group.id() &&
          Week(given.touchpoint) == Week(i)) {
        before += given.points;
      }
    }
    const auto bound = [&](int points) {
      return std::clamp(points, -group.cap_points_per_week(),
                        group.cap_points_per_week());
    };
    return bound(before + condition.points()) - bound(before);
  }
  return condition.points();
}

// What is left of one point of a touchpoint.
long double ReferenceScoring::Left(size_t i, Micros instant) const {
  const long double half_life = rules_.scoring().behaviour().half_life_days() *
                                static_cast<long double>(core::kMicrosPerDay);
  return std::exp2(-static_cast<long double>(instant - At(i)) / half_life);
}

long double ReferenceScoring::Sum(size_t first, size_t end,
                                  Micros instant) const {
  long double sum = 0;
  for (const Given& given : given_) {
    if (given.touchpoint < first || given.touchpoint >= end) continue;
    sum += given.kept * Left(given.touchpoint, instant);
  }
  return sum;
}

std::vector<ReferenceContribution> ReferenceScoring::Contributions(
    size_t first, size_t end, Micros instant) const {
  std::vector<ReferenceContribution> out;
  for (const Given& given : given_) {
    const size_t i = given.touchpoint;
    if (i >= end) continue;
    const int cut = given.points - given.kept;
    const long double left = Left(i, instant);
    out.push_back({history_[i].touchpoint_id(), At(i), given.condition,
                   given.kept, cut, static_cast<double>(given.kept * left),
                   static_cast<double>(cut * left), Week(i), i >= first});
  }
  return out;
}

double ReferenceScoring::Points(size_t first, size_t end,
                                Micros instant) const {
  return static_cast<double>(Sum(first, end, instant));
}

Micros ReferenceScoring::FallsBelowAt(size_t first, size_t end) const {
  const auto [known, is_new] = falls_below_.emplace(std::pair(first, end), 0);
  if (!is_new) return known->second;
  Micros last = 0;
  for (const Given& given : given_) {
    if (given.touchpoint >= first && given.touchpoint < end &&
        given.kept != 0) {
      last = At(given.touchpoint);
    }
  }
  const long double enough =
      rules_.scoring().behaviour().mql_threshold() - kTolerance;
  if (last == 0 || Sum(first, end, last) < enough) {
    return known->second = last;
  }
  // The first whole second after it, found by halving.
  int64_t not_below = last / core::kMicrosPerSecond;
  int64_t below = not_below + 1;
  while (Sum(first, end, below * core::kMicrosPerSecond) >= enough) {
    below += below - not_below;
  }
  while (below - not_below > 1) {
    const int64_t middle = not_below + (below - not_below) / 2;
    if (Sum(first, end, middle * core::kMicrosPerSecond) < enough) {
      below = middle;
    } else {
      not_below = middle;
    }
  }
  return known->second = below * core::kMicrosPerSecond;
}

int ReferenceScoring::Fit(size_t end) const {
  Attributes newest;
  for (size_t i = 0; i < end; ++i) {
    if (!history_[i].has_profile()) continue;
    for (const auto& [key, value] : AllAttributes(history_[i])) {
      newest[key] = value;
    }
  }
  int fit = 0;
  for (const auto& condition : rules_.scoring().fit().conditions()) {
    if (Holds(condition.attribute(), newest)) fit += condition.points();
  }
  return fit;
}

bool ReferenceScoring::IsMarketing(size_t first, size_t end) const {
  return std::any_of(history_.begin() + static_cast<ptrdiff_t>(first),
                     history_.begin() + static_cast<ptrdiff_t>(end),
                     [](const v1::Touchpoint& t) {
                       return !t.campaign().name().empty() ||
                              t.has_ad_interaction() || t.has_content() ||
                              t.has_event_attendance() || t.has_social();
                     });
}

}  // namespace journey::testing
