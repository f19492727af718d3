// Stalls by the definitions, for the naive reference.
#include <algorithm>
#include <cmath>
#include <functional>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "service/core/time.h"
#include "service/core/touchpoint.h"
#include "tests/projections/reference_past.h"

namespace journey::testing {
namespace {

using core::Micros;

absl::CivilDay DayOf(Micros instant) {
  return absl::ToCivilDay(absl::FromUnixMicros(instant), absl::UTCTimeZone());
}

Micros BeginOf(absl::CivilDay day) {
  return absl::ToUnixMicros(absl::FromCivil(day, absl::UTCTimeZone()));
}

bool IsWorkingDay(const v1::CalendarRules& calendar, absl::CivilDay day) {
  for (const std::string& holiday : calendar.holidays()) {
    if (absl::FormatCivilTime(day) == holiday) return false;
  }
  // Absl's and the rule set's weekdays both begin with Monday.
  const int weekday = static_cast<int>(absl::GetWeekday(day)) + 1;
  const auto& days = calendar.working_days();
  return days.empty() ? weekday <= v1::WEEKDAY_FRIDAY
                      : std::count(days.begin(), days.end(), weekday) > 0;
}

// Day by day.
int WorkingDaysBetween(const v1::CalendarRules& calendar, absl::CivilDay from,
                       absl::CivilDay to) {
  int days = 0;
  while (++from <= to) days += IsWorkingDay(calendar, from) ? 1 : 0;
  return days;
}

Micros AfterWorkingDays(const v1::CalendarRules& calendar, Micros start,
                        int days) {
  absl::CivilDay day = DayOf(start);
  Micros time_of_day = start - BeginOf(day);
  while (!IsWorkingDay(calendar, day)) {
    ++day;
    time_of_day = 0;
  }
  while (days > 0) days -= IsWorkingDay(calendar, ++day) ? 1 : 0;
  return BeginOf(day) + time_of_day;
}

Micros CriticalSince(v1::StallSeverity severity, Micros since) {
  return severity == v1::STALL_SEVERITY_CRITICAL ? since : core::kNever;
}

// The limit of silence in working days, by the formula.
int LimitOf(const std::vector<int>& gaps, double deviations, int least) {
  long double mean = 0;
  for (const int gap : gaps) mean += gap;
  mean /= static_cast<long double>(gaps.size());
  long double squares = 0;
  for (const int gap : gaps) squares += (gap - mean) * (gap - mean);
  const long double limit =
      mean + deviations *
                 std::sqrt(squares / static_cast<long double>(gaps.size() - 1));
  while (least < limit - 1e-9L) ++least;
  return least;
}

}  // namespace

Micros Past::ActiveSince(const std::string& deal_id) const {
  const size_t after = AfterLast([&](size_t i) {
    return !Before(i).IsOpen(deal_id) && Before(i + 1).IsOpen(deal_id);
  });
  return TimeOf(history_[after - 1]);
}

bool Past::Hears(size_t i, const std::string& deal_id) const {
  return Concerns(i, deal_id) && core::IsCustomerOriginated(history_[i]);
}

bool Past::Speaks(size_t i, const std::string& deal_id) const {
  return Concerns(i, deal_id) && core::IsCompanyOriginated(history_[i]);
}

Micros Past::AnnouncedUntil(const std::string& deal_id) const {
  const size_t heard = AfterLast([&](size_t i) { return Hears(i, deal_id); });
  const size_t announced = AfterLast([&](size_t i) {
    return i >= heard && history_[i].has_expected_silence() &&
           Concerns(i, deal_id);
  });
  return announced == 0
             ? 0
             : core::ToMicros(
                   history_[announced - 1].expected_silence().until());
}

// A stretch is a gap when the customer could have been heard in all of it: the
// deal was open, and they had not said that they would be silent.
std::vector<int> Past::Gaps(const std::string& deal_id) const {
  std::vector<int> gaps;
  Micros last = -1;
  absl::CivilDay newest;
  for (size_t i = 0; i < n_; ++i) {
    if (!Hears(i, deal_id)) continue;
    const absl::CivilDay day = DayOf(TimeOf(history_[i]));
    const Past then = Before(i);
    if (last >= 0 && day != newest && then.IsOpen(deal_id) &&
        then.ActiveSince(deal_id) <= last &&
        then.AnnouncedUntil(deal_id) <= last) {
      gaps.push_back(WorkingDaysBetween(rules_.calendar(), newest, day));
    }
    last = TimeOf(history_[i]);
    newest = day;
  }
  return gaps;
}

const v1::PipelineStage* Past::PipelineStageOf(
    const std::string& deal_id) const {
  for (const auto& stage : rules_.pipelines(0).stages()) {
    if (stage.id() == StageOf(deal_id)) return &stage;
  }
  return nullptr;
}

v1::StallRules Past::StallRulesOf(const std::string& deal_id) const {
  v1::StallRules out = rules_.stalls();
  const auto take = [&](const v1::StallRules& from) {
    std::vector<const google::protobuf::FieldDescriptor*> set;
    from.GetReflection()->ListFields(from, &set);
    for (const auto* field : set) out.GetReflection()->ClearField(&out, field);
    out.MergeFrom(from);
  };
  take(rules_.pipelines(0).stalls());
  if (const auto* stage = PipelineStageOf(deal_id)) take(stage->stalls());
  if (out.unanswered_offer().off()) out.clear_unanswered_offer();
  if (out.inactive().off()) out.clear_inactive();
  if (out.slipped().off()) out.clear_slipped();
  if (out.neglected().off()) out.clear_neglected();
  if (out.out_of_pace().off()) out.clear_out_of_pace();
  if (out.slow_stage().off()) out.clear_slow_stage();
  return out;
}

std::map<v1::StallReason, ReferenceStall> Past::StallsOf(
    const std::string& deal_id, Micros instant) const {
  std::map<v1::StallReason, ReferenceStall> stalls;
  if (!IsOpen(deal_id)) return stalls;
  const Micros clock = std::max(ActiveSince(deal_id), AnnouncedUntil(deal_id));
  const After after = [&](size_t index) {
    return index == 0 ? clock : std::max(clock, TimeOf(history_[index - 1]));
  };
  const Hold hold = [&](v1::StallReason reason, Micros since, Micros until,
                        Micros critical_since) {
    if (since > instant || instant >= until) return;
    const ReferenceStall stall(since, instant < critical_since
                                          ? v1::STALL_SEVERITY_WARNING
                                          : v1::STALL_SEVERITY_CRITICAL);
    const auto it = stalls.emplace(reason, stall).first;
    it->second = std::min(it->second, stall);
  };
  const auto silent = [&](v1::StallReason reason, const auto& rule,
                          Micros start, int days) {
    const Micros since = rule.day_type() == v1::DAY_TYPE_BUSINESS
                             ? AfterWorkingDays(rules_.calendar(), start, days)
                             : start + Days(days);
    hold(reason, since, core::kNever, CriticalSince(rule.severity(), since));
  };
  const v1::StallRules rules = StallRulesOf(deal_id);
  const auto* stage = PipelineStageOf(deal_id);
  if (rules.has_inactive() && stage != nullptr) {
    silent(v1::STALL_REASON_INACTIVE, rules.inactive(),
           after(AfterLast([&](size_t i) { return Hears(i, deal_id); })),
           stage->stall_days());
  }
  if (rules.has_neglected()) {
    silent(v1::STALL_REASON_NEGLECTED, rules.neglected(),
           after(AfterLast([&](size_t i) { return Speaks(i, deal_id); })),
           rules.neglected().days());
  }
  if (rules.has_unanswered_offer()) {
    AddOfferStalls(deal_id, rules.unanswered_offer(), after, hold);
  }
  if (rules.has_slipped()) AddSlippedStalls(deal_id, rules.slipped(), hold);
  if (rules.has_out_of_pace()) {
    AddPaceStalls(deal_id, rules.out_of_pace(), after, hold);
  }
  if (rules.has_slow_stage()) AddSlowStalls(deal_id, rules.slow_stage(), hold);
  return stalls;
}

// Each offer by its first sending since the customer was heard, or since it
// was taken back or had lapsed.
void Past::AddOfferStalls(const std::string& deal_id,
                          const v1::UnansweredOfferRule& rule,
                          const After& after, const Hold& hold) const {
  std::map<std::string, std::pair<Micros, Micros>> offers;
  const size_t heard = AfterLast([&](size_t i) { return Hears(i, deal_id); });
  for (size_t i = heard; i < n_; ++i) {
    if (!history_[i].has_offer() || !Concerns(i, deal_id)) continue;
    const v1::Offer& offer = history_[i].offer();
    if (offer.action() == v1::Offer::ACTION_SENT) {
      offers.erase(offer.replaces_offer_id());
      const auto before = offers.find(offer.offer_id());
      if (before != offers.end() &&
          before->second.second <= TimeOf(history_[i])) {
        offers.erase(before);
      }
      auto& known =
          offers.emplace(offer.offer_id(), std::make_pair(after(i + 1), 0))
              .first->second;
      known.second = offer.has_valid_until()
                         ? core::ToMicros(offer.valid_until())
                         : core::kNever;
    } else if (offer.action() != v1::Offer::ACTION_VIEWED) {
      offers.erase(offer.offer_id());
    }
  }
  for (const auto& [id, offer] : offers) {
    const Micros since =
        rule.day_type() == v1::DAY_TYPE_BUSINESS
            ? AfterWorkingDays(rules_.calendar(), offer.first, rule.days())
            : offer.first + Days(rule.days());
    hold(v1::STALL_REASON_UNANSWERED_OFFER, since, offer.second,
         CriticalSince(rule.severity(), since));
  }
}

void Past::AddSlippedStalls(const std::string& deal_id,
                            const v1::SlippedRule& rule,
                            const Hold& hold) const {
  const auto slipped = [&](Micros at) {
    const Micros since = std::max(at, ActiveSince(deal_id));
    hold(v1::STALL_REASON_SLIPPED, since, core::kNever,
         CriticalSince(rule.severity(), since));
  };
  Micros said = 0;
  absl::CivilDay close;
  bool has_close = false;
  int pushes = 0;
  for (size_t i = 0; i < n_; ++i) {
    if (!Changes(i, deal_id) || !history_[i].deal().has_expected_close_date())
      continue;
    const v1::Date& date = history_[i].deal().expected_close_date();
    const absl::CivilDay next(date.year(), date.month(), date.day());
    if (has_close && next > close && ++pushes == rule.pushes()) {
      slipped(TimeOf(history_[i]));
    }
    close = next;
    has_close = true;
    said = TimeOf(history_[i]);
  }
  if (has_close) slipped(std::max(said, BeginOf(close + 1)));
}

void Past::AddPaceStalls(const std::string& deal_id,
                         const v1::OutOfPaceRule& rule, const After& after,
                         const Hold& hold) const {
  const auto given = [](auto number, auto otherwise) {
    return number == 0 ? otherwise : number;
  };
  const std::vector<int> gaps = Gaps(deal_id);
  if (static_cast<int>(gaps.size()) < given(rule.gaps_min(), 4)) return;
  const int least = given(rule.working_days_min(), 3);
  const int warning =
      LimitOf(gaps, given(rule.warning_deviations(), 1.0), least);
  int critical = LimitOf(gaps, given(rule.critical_deviations(), 2.0), least);
  if (critical == warning) ++critical;
  const Micros start =
      after(AfterLast([&](size_t i) { return Hears(i, deal_id); }));
  hold(v1::STALL_REASON_OUT_OF_PACE,
       AfterWorkingDays(rules_.calendar(), start, warning), core::kNever,
       AfterWorkingDays(rules_.calendar(), start, critical));
}

void Past::AddSlowStalls(const std::string& deal_id,
                         const v1::SlowStageRule& rule,
                         const Hold& hold) const {
  const auto* stage = PipelineStageOf(deal_id);
  const int visits_min = rule.visits_min() == 0 ? 20 : rule.visits_min();
  if (stage == nullptr || stage->baseline().visits() < visits_min) return;
  const double factor = rule.factor() == 0 ? 1.5 : rule.factor();
  const size_t entered = AfterLast([&](size_t i) {
    return Before(i).StageOf(deal_id) != Before(i + 1).StageOf(deal_id);
  });
  const Micros start =
      std::max(ActiveSince(deal_id), TimeOf(history_[entered - 1]));
  const Micros since =
      start + std::llround(factor * stage->baseline().mean_days() *
                           core::kMicrosPerDay);
  hold(v1::STALL_REASON_SLOW_STAGE, since, core::kNever,
       CriticalSince(rule.severity(), since));
}

}  // namespace journey::testing
