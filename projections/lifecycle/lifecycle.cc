#include "projections/lifecycle/lifecycle.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "projections/explain.h"
#include "service/core/limits.h"
#include "service/core/touchpoint.h"

namespace journey::projections {
namespace {

using storage::v1::JourneyState;
using storage::v1::LifecycleState;
using storage::v1::Moment;
using storage::v1::StageVisitState;

constexpr char kEntryPrefix[] = "ENTRY_CONDITION_";
constexpr int kFirstCycle = 1;

std::string RuleId(v1::EntryCondition condition) {
  return absl::StrCat("lifecycle.",
                      absl::AsciiStrToLower(absl::StripPrefix(
                          v1::EntryCondition_Name(condition), kEntryPrefix)));
}

bool IsIdentified(const JourneyState& state) {
  return state.subject().type() != v1::SUBJECT_TYPE_VISITOR;
}

// The stage that the facts call for. While a deal is open it is opportunity,
// except during the hold time after a purchase.
v1::EntryCondition RuleStage(const JourneyState& state) {
  const LifecycleState& lifecycle = state.lifecycle();
  if (!IsIdentified(state)) return v1::ENTRY_CONDITION_FIRST_TOUCHPOINT;
  if (lifecycle.hold_until_us() != 0) {
    return state.purchase_count() <= 1 ? v1::ENTRY_CONDITION_FIRST_PURCHASE
                                       : v1::ENTRY_CONDITION_LATER_PURCHASE;
  }
  if (state.open_deal_count() > 0 || !lifecycle.open_offer_ids().empty()) {
    return v1::ENTRY_CONDITION_DEAL_OPEN;
  }
  if (state.purchase_count() > 1) return v1::ENTRY_CONDITION_LATER_PURCHASE;
  if (state.purchase_count() == 1) {
    return v1::ENTRY_CONDITION_PURCHASE_HOLD_OVER;
  }
  return lifecycle.contact_made() ? v1::ENTRY_CONDITION_CONTACT_MADE
                                  : v1::ENTRY_CONDITION_FIRST_TOUCHPOINT;
}

void BeginCycle(LifecycleState& lifecycle) {
  lifecycle.set_cycle(lifecycle.cycle() + 1);
  lifecycle.set_cycle_ended(false);
  lifecycle.set_furthest_in_cycle(v1::ENTRY_CONDITION_UNSPECIFIED);
}

// The stages of the present cycle that lie between the furthest one reached
// and `stage`. The first cycle leads from the first touchpoint to service; a
// customer who buys again goes from opportunity to loyalty.
void AddSkipped(v1::EntryCondition stage, const LifecycleState& lifecycle,
                StageVisitState& visit) {
  const auto skip = [&](int first, int end) {
    for (int i = std::max(first, lifecycle.furthest_in_cycle() + 1); i < end;
         ++i) {
      visit.add_skipped(static_cast<v1::EntryCondition>(i));
    }
  };
  if (lifecycle.cycle() == kFirstCycle) {
    skip(v1::ENTRY_CONDITION_FIRST_TOUCHPOINT, stage);
  } else if (stage == v1::ENTRY_CONDITION_LATER_PURCHASE) {
    skip(v1::ENTRY_CONDITION_DEAL_OPEN, v1::ENTRY_CONDITION_FIRST_PURCHASE);
  }
}

void Leave(core::Micros at, StageVisitState& visit, LifecycleState& lifecycle) {
  visit.set_left_us(at);
  auto& times = *lifecycle.mutable_times();
  auto it = std::find_if(times.begin(), times.end(), [&](const auto& time) {
    return time.stage() == visit.stage();
  });
  auto* time = it == times.end() ? times.Add() : &*it;
  time->set_stage(visit.stage());
  time->set_latest_us(at - visit.entered_us());
  time->set_cumulative_us(time->cumulative_us() + time->latest_us());
}

StageVisitState* CurrentVisit(LifecycleState& lifecycle) {
  auto& visits = *lifecycle.mutable_visits();
  return visits.empty() ? nullptr : &visits[visits.size() - 1];
}

StageVisitState& Enter(v1::EntryCondition stage, core::Micros at,
                       const v1::TouchpointRef& cause,
                       const std::string& rule_id, JourneyState& state) {
  state.clear_activities_done();
  LifecycleState& lifecycle = *state.mutable_lifecycle();
  if (StageVisitState* current = CurrentVisit(lifecycle)) {
    Leave(at, *current, lifecycle);
  }
  auto& visits = *lifecycle.mutable_visits();
  if (visits.size() == core::kStageVisitsMax) visits.DeleteSubrange(0, 1);
  StageVisitState& visit = *visits.Add();
  visit.set_stage(stage);
  visit.set_entered_us(at);
  visit.set_cycle(lifecycle.cycle());
  visit.set_rule_id(rule_id);
  *visit.mutable_cause() = cause;
  AddSkipped(stage, lifecycle, visit);
  lifecycle.set_visit_count(lifecycle.visit_count() + 1);
  lifecycle.set_furthest(std::max(lifecycle.furthest(), stage));
  lifecycle.set_furthest_in_cycle(
      std::max(lifecycle.furthest_in_cycle(), stage));
  return visit;
}

// The rule that explains a change from one stage to another.
std::string RuleOfChange(v1::EntryCondition from, v1::EntryCondition to,
                         bool undone) {
  if (undone) return kRulePurchaseUndone;
  const bool from_opportunity = from == v1::ENTRY_CONDITION_DEAL_OPEN;
  const bool by_purchase = to == v1::ENTRY_CONDITION_FIRST_PURCHASE;
  if (from_opportunity && !by_purchase) return kRuleNoOpenDeal;
  return RuleId(to);
}

// Enters the stage that the facts call for when it is another one.
void Settle(core::Micros at, const v1::TouchpointRef& cause, bool undone,
            JourneyState& state) {
  LifecycleState& lifecycle = *state.mutable_lifecycle();
  const v1::EntryCondition from = lifecycle.rule_stage();
  const v1::EntryCondition to = RuleStage(state);
  if (from == to) return;
  if (to == v1::ENTRY_CONDITION_DEAL_OPEN && lifecycle.cycle_ended()) {
    BeginCycle(lifecycle);
  }
  lifecycle.set_rule_stage(to);
  Enter(to, at, cause, RuleOfChange(from, to, undone), state);
}

void Hold(const Rules& rules, const Moment& moment, LifecycleState& lifecycle) {
  lifecycle.set_hold_until_us(
      moment.at_us() +
      rules.rule_set().lifecycle().purchase_hold_days() * core::kMicrosPerDay);
  *lifecycle.mutable_hold_cause() = moment.ref();
}

void EndHold(LifecycleState& lifecycle) {
  lifecycle.clear_hold_until_us();
  lifecycle.clear_hold_cause();
}

// The hold time of the newest purchase that stands, where nothing has ended it.
void HoldAgain(const Rules& rules, JourneyState& state) {
  LifecycleState& lifecycle = *state.mutable_lifecycle();
  EndHold(lifecycle);
  const storage::v1::Sale* newest = nullptr;
  for (const storage::v1::Sale& sale : state.sales()) {
    if (sale.counted() && (newest == nullptr ||
                           Before(newest->counted_by(), sale.counted_by()))) {
      newest = &sale;
    }
  }
  if (newest == nullptr ||
      !Before(lifecycle.hold_ended(), newest->counted_by())) {
    return;
  }
  Hold(rules, newest->counted_by(), lifecycle);
}

// Every purchase is a visit of its own: it ends a cycle, after beginning one
// where no deal has.
void ApplyPurchase(const Rules& rules, const Moment& moment,
                   storage::v1::Sale& sale, JourneyState& state) {
  LifecycleState& lifecycle = *state.mutable_lifecycle();
  if (!IsIdentified(state)) return;
  sale.set_began_cycle(lifecycle.cycle_ended());
  if (lifecycle.cycle_ended()) BeginCycle(lifecycle);
  lifecycle.clear_open_offer_ids();
  Hold(rules, moment, lifecycle);
  const v1::EntryCondition stage = RuleStage(state);
  lifecycle.set_rule_stage(stage);
  Enter(stage, moment.at_us(), moment.ref(), RuleId(stage), state);
  lifecycle.set_cycle_ended(true);
  sale.set_cycle(lifecycle.cycle());
}

// Takes back the cycle's end, and its beginning if the purchase was that too,
// unless a later cycle has begun.
void ApplyUndo(const Rules& rules, const storage::v1::Sale& sale,
               core::Micros at, JourneyState& state) {
  LifecycleState& lifecycle = *state.mutable_lifecycle();
  if (IsSame(lifecycle.hold_cause(), sale.counted_by().ref())) {
    HoldAgain(rules, state);
    if (lifecycle.hold_until_us() <= at) EndHold(lifecycle);
  }
  if (lifecycle.cycle_ended() && lifecycle.cycle() == sale.cycle()) {
    lifecycle.set_cycle_ended(sale.began_cycle());
    if (sale.began_cycle()) lifecycle.set_cycle(lifecycle.cycle() - 1);
  }
}

void RemoveOffer(const std::string& offer_id, LifecycleState& lifecycle) {
  auto& ids = *lifecycle.mutable_open_offer_ids();
  ids.erase(std::remove(ids.begin(), ids.end(), offer_id), ids.end());
}

// Offers without a deal that were sent to an SQL open an opportunity as a
// deal does, until they are reported as rejected, expired or withdrawn.
void ApplyOffer(const v1::Touchpoint& touchpoint, JourneyState& state) {
  if (!touchpoint.deal_id().empty()) return;
  LifecycleState& lifecycle = *state.mutable_lifecycle();
  const v1::Offer& offer = touchpoint.offer();
  switch (offer.action()) {
    case v1::Offer::ACTION_SENT:
      RemoveOffer(offer.replaces_offer_id(), lifecycle);
      if (state.lead().status() == v1::LEAD_STATUS_SQL &&
          lifecycle.open_offer_ids_size() < core::kOpenOffersMax) {
        RemoveOffer(offer.offer_id(), lifecycle);
        lifecycle.add_open_offer_ids(offer.offer_id());
      }
      break;
    case v1::Offer::ACTION_REJECTED:
    case v1::Offer::ACTION_EXPIRED:
    case v1::Offer::ACTION_WITHDRAWN:
      RemoveOffer(offer.offer_id(), lifecycle);
      break;
    default:
      break;
  }
}

bool MakesContact(const v1::Touchpoint& touchpoint) {
  if (core::IsCustomerOriginated(touchpoint)) return true;
  return touchpoint.has_event_attendance() &&
         touchpoint.event_attendance().action() !=
             v1::EventAttendance::ACTION_NO_SHOW;
}

// A person puts the journey on a stage. The stage by the rules goes on
// underneath and takes over at its next change.
void SetByPerson(const Rules& rules, const v1::StageSet& set,
                 const Moment& moment, JourneyState& state) {
  const v1::EntryCondition stage = rules.ConditionOf(set.stage_id());
  if (stage == v1::ENTRY_CONDITION_UNSPECIFIED) return;
  Enter(stage, moment.at_us(), moment.ref(), kRuleStageSet, state)
      .set_set_by_person(true);
}

}  // namespace

void ApplyToLifecycle(const Rules& rules, const v1::Touchpoint& touchpoint,
                      const Moment& moment, const DealOutcome& deal,
                      const SaleOutcome& sale, JourneyState& state) {
  LifecycleState& lifecycle = *state.mutable_lifecycle();
  if (lifecycle.cycle() == 0) lifecycle.set_cycle(kFirstCycle);
  if (IsIdentified(state) && MakesContact(touchpoint)) {
    lifecycle.set_contact_made(true);
  }
  if (touchpoint.has_ticket() || touchpoint.has_survey()) {
    EndHold(lifecycle);
    *lifecycle.mutable_hold_ended() = moment;
  }
  if (touchpoint.has_offer()) ApplyOffer(touchpoint, state);
  if (deal.opened && lifecycle.cycle_ended()) BeginCycle(lifecycle);
  if (sale.undone != nullptr)
    ApplyUndo(rules, *sale.undone, moment.at_us(), state);
  if (sale.purchased != nullptr) {
    ApplyPurchase(rules, moment, *sale.purchased, state);
    EndHoldBy(moment.at_us(), state);
  }
  Settle(moment.at_us(), moment.ref(), sale.undone != nullptr, state);
  if (touchpoint.has_stage_set()) {
    SetByPerson(rules, touchpoint.stage_set(), moment, state);
  }
}

void EndHoldBy(core::Micros instant, JourneyState& state) {
  LifecycleState& lifecycle = *state.mutable_lifecycle();
  const core::Micros at = lifecycle.hold_until_us();
  if (at == 0 || at > instant) return;
  const v1::TouchpointRef cause = lifecycle.hold_cause();
  EndHold(lifecycle);
  const StageVisitState* current = CurrentVisit(lifecycle);
  if (current != nullptr && current->set_by_person()) {
    // Only a touchpoint ends what a person has set, time does not.
    lifecycle.set_rule_stage(RuleStage(state));
    return;
  }
  Settle(at, cause, /*undone=*/false, state);
}

std::string LifecycleRuleText(const std::string& rule_id) {
  static constexpr struct {
    const char* rule_id;
    const char* text;
  } kTexts[] = {
      {"lifecycle.first_touchpoint", "The first touchpoint of this customer."},
      {"lifecycle.contact_made", "The customer made contact."},
      {"lifecycle.deal_open", "A deal or an offer to an SQL is open."},
      {"lifecycle.first_purchase", "The customer bought for the first time."},
      {"lifecycle.purchase_hold_over",
       "The hold time after the first purchase is over."},
      {"lifecycle.later_purchase", "The customer bought again."},
      {kRuleNoOpenDeal, "No deal or offer is open any more."},
      {kRulePurchaseUndone, "A purchase was undone."},
      {kRuleStageSet, "A person set the stage."},
  };
  for (const auto& entry : kTexts) {
    if (rule_id == entry.rule_id) return entry.text;
  }
  return "";
}

}  // namespace journey::projections
