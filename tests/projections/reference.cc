#include "tests/projections/reference.h"

#include <algorithm>
#include <functional>
#include <set>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "service/core/time.h"
#include "service/core/touchpoint.h"
#include "tests/projections/reference_past.h"
#include "tests/projections/reference_sales.h"

namespace journey::testing {

using core::Micros;

Micros Past::ActiveSince(const std::string& deal_id) const {
  const size_t after = AfterLast([&](size_t i) {
    return !Before(i).IsOpen(deal_id) && Before(i + 1).IsOpen(deal_id);
  });
  return TimeOf(history_[after - 1]);
}

std::map<v1::StallReason, Micros> Past::StallsOf(const std::string& deal_id,
                                                 Micros instant) const {
  std::map<v1::StallReason, Micros> stalls;
  if (!IsOpen(deal_id)) return stalls;
  const size_t heard = AfterLast([&](size_t i) {
    return Concerns(i, deal_id) && core::IsCustomerOriginated(history_[i]);
  });
  const size_t spoke = AfterLast([&](size_t i) {
    return Concerns(i, deal_id) && core::IsCompanyOriginated(history_[i]);
  });
  const size_t announced = AfterLast([&](size_t i) {
    return i >= heard && Concerns(i, deal_id) &&
           history_[i].has_expected_silence();
  });
  Micros clock = ActiveSince(deal_id);
  if (announced > 0) {
    clock = std::max(
        clock,
        core::ToMicros(history_[announced - 1].expected_silence().until()));
  }
  const After after = [&](size_t index) {
    return index == 0 ? clock : std::max(clock, TimeOf(history_[index - 1]));
  };
  const Hold hold = [&](v1::StallReason reason, Micros since, Micros until) {
    if (since > instant || instant >= until) return;
    const auto it = stalls.emplace(reason, since).first;
    it->second = std::min(it->second, since);
  };
  for (const auto& stage : rules_.pipelines(0).stages()) {
    if (stage.id() == StageOf(deal_id)) {
      hold(v1::STALL_REASON_INACTIVE, after(heard) + Days(stage.stall_days()),
           core::kNever);
    }
  }
  hold(v1::STALL_REASON_NEGLECTED,
       after(spoke) + Days(rules_.stalls().neglected().days()), core::kNever);

  AddOfferStalls(deal_id, heard, after, hold);
  AddSlippedStalls(deal_id, hold);
  return stalls;
}

// Each offer by its first sending since the customer was heard, or since it
// was taken back.
void Past::AddOfferStalls(const std::string& deal_id, size_t heard,
                          const After& after, const Hold& hold) const {
  std::map<std::string, std::pair<Micros, Micros>> offers;
  for (size_t i = heard; i < n_; ++i) {
    if (!history_[i].has_offer() || !Concerns(i, deal_id)) continue;
    const v1::Offer& offer = history_[i].offer();
    if (offer.action() == v1::Offer::ACTION_SENT) {
      offers.erase(offer.replaces_offer_id());
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
    hold(v1::STALL_REASON_UNANSWERED_OFFER,
         offer.first + Days(rules_.stalls().unanswered_offer().days()),
         offer.second);
  }
}

void Past::AddSlippedStalls(const std::string& deal_id,
                            const Hold& hold) const {
  absl::CivilDay close;
  bool has_close = false;
  int pushes = 0;
  for (size_t i = 0; i < n_; ++i) {
    if (!Changes(i, deal_id) || !history_[i].deal().has_expected_close_date())
      continue;
    const v1::Date& date = history_[i].deal().expected_close_date();
    const absl::CivilDay next(date.year(), date.month(), date.day());
    if (has_close && next > close &&
        ++pushes == rules_.stalls().slipped().pushes()) {
      hold(v1::STALL_REASON_SLIPPED, TimeOf(history_[i]), core::kNever);
    }
    close = next;
    has_close = true;
  }
  if (has_close) {
    hold(v1::STALL_REASON_SLIPPED,
         absl::ToUnixMicros(absl::FromCivil(close + 1, absl::UTCTimeZone())),
         core::kNever);
  }
}

std::map<std::string, Micros> Past::Purchases() const {
  ReferenceSales sales;
  for (size_t i = 0; i < n_; ++i) {
    const v1::Touchpoint& t = history_[i];
    if (t.has_deal() &&
        Before(i).StatusOf(t.deal_id()) != v1::DEAL_STATUS_WON &&
        Before(i + 1).StatusOf(t.deal_id()) == v1::DEAL_STATUS_WON) {
      sales.Win(t);
    }
    if (t.has_contract() && !t.deal_id().empty() &&
        t.contract().action() != v1::Contract::ACTION_RENEWED) {
      sales.Named(
          {"deal " + t.deal_id(), "contract " + t.contract().contract_id()});
    }
    if (!t.has_invoice()) continue;
    if (t.invoice().action() == v1::Invoice::ACTION_ISSUED) {
      sales.Issue(t);
    } else {
      sales.Change(t.invoice());
    }
  }
  return sales.Counted();
}

// An offer without a deal that was sent to an SQL still stands.
bool Past::HasOpenOffer() const {
  std::set<std::string> open;
  for (size_t i = 0; i < n_; ++i) {
    const v1::Touchpoint& t = history_[i];
    if (Buys(i)) open.clear();
    if (!t.has_offer() || !t.deal_id().empty()) continue;
    const v1::Offer& offer = t.offer();
    switch (offer.action()) {
      case v1::Offer::ACTION_SENT:
        open.erase(offer.replaces_offer_id());
        if (Before(i + 1).Lead(TimeOf(t)).status == v1::LEAD_STATUS_SQL) {
          open.insert(offer.offer_id());
        }
        break;
      case v1::Offer::ACTION_REJECTED:
      case v1::Offer::ACTION_EXPIRED:
      case v1::Offer::ACTION_WITHDRAWN:
        open.erase(offer.offer_id());
        break;
      default:
        break;
    }
  }
  return !open.empty();
}

bool Past::StandsSince(size_t i) const {
  std::map<std::string, Micros> added = Before(i + 1).Purchases();
  for (const auto& [name, at] : Before(i).Purchases()) added.erase(name);
  for (size_t n = i + 1; n <= n_; ++n) {
    if (Before(n).Purchases().count(added.begin()->first) == 0) return false;
  }
  return true;
}

// The hold time after the last purchase lasts, unless a ticket or a survey
// ended it or the purchase was undone.
bool Past::IsHeld(Micros instant) const {
  const size_t bought = AfterLast([&](size_t i) { return Buys(i); });
  if (bought == 0) return false;
  if (instant >= TimeOf(history_[bought - 1]) +
                     Days(rules_.lifecycle().purchase_hold_days())) {
    return false;
  }
  for (size_t i = bought; i < n_; ++i) {
    if (history_[i].has_ticket() || history_[i].has_survey()) return false;
  }
  return StandsSince(bought - 1);
}

std::string Past::RuleStage(Micros instant) const {
  const size_t purchases = Purchases().size();
  if (IsHeld(instant)) return purchases == 1 ? "purchase" : "loyalty";
  if (AnyOpen() || HasOpenOffer()) return "opportunity";
  if (purchases > 0) return purchases == 1 ? "service" : "loyalty";
  for (size_t i = 0; i < n_; ++i) {
    if (core::IsCustomerOriginated(history_[i])) return "lead";
    const auto event = history_[i].event_attendance().action();
    if (event == v1::EventAttendance::ACTION_REGISTERED ||
        event == v1::EventAttendance::ACTION_ATTENDED) {
      return "lead";
    }
  }
  return "awareness";
}

std::string Past::Stage(Micros instant) const {
  const size_t set = AfterLast([&](size_t i) {
    if (!history_[i].has_stage_set()) return false;
    const auto& stages = rules_.lifecycle().stages();
    return std::any_of(stages.begin(), stages.end(), [&](const auto& stage) {
      return stage.id() == history_[i].stage_set().stage_id();
    });
  });
  if (set == 0) return RuleStage(instant);
  for (size_t i = set; i < n_; ++i) {
    const Micros at = TimeOf(history_[i]);
    if (Buys(i) || Before(i).RuleStage(at) != Before(i + 1).RuleStage(at)) {
      return RuleStage(instant);
    }
  }
  return history_[set - 1].stage_set().stage_id();
}

ReferenceJourney Reference(const v1::RuleSet& rules, History touchpoints,
                           Micros instant) {
  touchpoints.erase(
      std::remove_if(touchpoints.begin(), touchpoints.end(),
                     [&](const auto& t) { return TimeOf(t) > instant; }),
      touchpoints.end());
  std::sort(touchpoints.begin(), touchpoints.end(),
            [](const auto& a, const auto& b) {
              return core::OrderKeyOf(a) < core::OrderKeyOf(b);
            });
  const ReferenceScoring scoring(rules, touchpoints);
  const Past past(rules, touchpoints, scoring, touchpoints.size());
  ReferenceJourney out;
  out.stage_id = past.Stage(instant);
  out.lead_status = past.Lead(instant).status;
  out.lead_since = past.Lead(instant).since;
  out.open_request = past.OpenRequest();
  out.scores = past.Scores(instant);
  for (const auto& [name, at] : past.Purchases()) {
    out.purchases.insert(at);
  }
  for (const std::string& deal_id : past.Deals()) {
    out.deals[deal_id] = {past.StatusOf(deal_id), past.StageOf(deal_id),
                          past.StallsOf(deal_id, instant)};
  }
  return out;
}

ReferenceScores ScoresOf(const v1::Journey& journey) {
  const v1::BehaviourScore& behaviour = journey.scores().behaviour();
  ReferenceScores out;
  out.behaviour = behaviour.points();
  out.qualifying = behaviour.qualifying_points();
  out.fit = journey.scores().fit().points();
  out.falls_below_at = core::ToMicros(behaviour.falls_below_at());
  return out;
}

}  // namespace journey::testing
