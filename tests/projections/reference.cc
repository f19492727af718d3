#include "tests/projections/reference.h"

#include <algorithm>
#include <set>

#include "service/core/time.h"
#include "service/core/touchpoint.h"
#include "tests/projections/reference_past.h"
#include "tests/projections/reference_sales.h"

namespace journey::testing {

using core::Micros;

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

// The hold time after a purchase that stands lasts, unless a ticket or a survey
// ended it.
bool Past::IsHeld(Micros instant) const {
  const size_t ended = AfterLast([&](size_t i) {
    return history_[i].has_ticket() || history_[i].has_survey();
  });
  for (size_t i = ended; i < n_; ++i) {
    if (Buys(i) && StandsSince(i) &&
        instant < TimeOf(history_[i]) +
                      Days(rules_.lifecycle().purchase_hold_days())) {
      return true;
    }
  }
  return false;
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
