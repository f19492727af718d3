#include "projections/conclude.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "projections/deal/deal.h"
#include "projections/deal/flags.h"
#include "projections/deal/missing_fields.h"
#include "projections/explain.h"
#include "projections/lifecycle/lifecycle.h"
#include "projections/plan/plan.h"
#include "projections/qualification/qualification.h"
#include "projections/scoring/conclude_scores.h"
#include "projections/segment/segment.h"
#include "projections/stall/stall.h"
#include "service/core/limits.h"
#include "service/core/time.h"

namespace journey::projections {
namespace {

using core::Micros;
using core::ToDuration;
using core::ToTimestamp;
using storage::v1::DealState;
using storage::v1::JourneyState;
using storage::v1::LifecycleState;

void AddTimes(const Rules& rules, const LifecycleState& lifecycle,
              Micros instant, v1::Journey& out) {
  const auto& current = lifecycle.visits(lifecycle.visits_size() - 1);
  const Micros lasting = instant - current.entered_us();
  for (const v1::LifecycleStage& stage :
       rules.rule_set().lifecycle().stages()) {
    const auto& times = lifecycle.times();
    const auto it = std::find_if(
        times.begin(), times.end(),
        [&](const auto& time) { return time.stage() == stage.entered_when(); });
    const bool is_current = current.stage() == stage.entered_when();
    if (it == times.end() && !is_current) continue;
    const Micros before = it == times.end() ? 0 : it->cumulative_us();
    auto* time = out.add_stage_times();
    time->set_stage_id(stage.id());
    *time->mutable_latest() =
        ToDuration(is_current ? lasting : it->latest_us());
    *time->mutable_cumulative() =
        ToDuration(before + (is_current ? lasting : 0));
  }
}

void AddLifecycle(const Rules& rules, const LifecycleState& lifecycle,
                  Micros instant, v1::Journey& out) {
  for (const auto& visit : lifecycle.visits()) {
    *out.add_stage_history() = ConcludeVisit(rules, visit);
  }
  *out.mutable_stage() = out.stage_history(out.stage_history_size() - 1);
  out.set_furthest_stage_id(rules.StageFor(lifecycle.furthest()).id());
  out.set_cycle(lifecycle.cycle());
  out.set_stage_visit_count(lifecycle.visit_count());
  AddTimes(rules, lifecycle, instant, out);
}

v1::DealStageVisit ConcludeStage(const Rules& rules,
                                 const storage::v1::DealStageState& visit) {
  const auto* stage = rules.FindStage(visit.pipeline_id(), visit.stage_id());
  v1::DealStageVisit out;
  out.set_stage_id(visit.stage_id());
  out.set_name(stage == nullptr ? visit.stage_id() : stage->name());
  *out.mutable_entered_at() = ToTimestamp(visit.entered().at_us());
  if (visit.left_us() != 0) {
    *out.mutable_left_at() = ToTimestamp(visit.left_us());
  }
  *out.mutable_cause() = visit.entered().ref();
  return out;
}

v1::Explanation ExplainStatus(const Rules& rules, const DealState& deal) {
  const bool again = deal.status() == v1::DEAL_STATUS_OPEN &&
                     Before(deal.opened(), deal.active_since());
  const char* text = "The deal was opened.";
  const char* rule_id = "deal.opened";
  if (deal.status() == v1::DEAL_STATUS_WON) {
    text = "The deal was won.";
    rule_id = "deal.won";
  } else if (deal.status() == v1::DEAL_STATUS_LOST) {
    text = "The deal was lost.";
    rule_id = "deal.lost";
  } else if (again) {
    text = "The deal was opened again.";
    rule_id = "deal.reopened";
  }
  return Explain(rules, rule_id, text, {deal.status_moment().ref()});
}

void AddStage(const Rules& rules, const DealState& deal, v1::Deal& out) {
  for (const auto& visit : deal.stages()) {
    *out.add_stage_history() = ConcludeStage(rules, visit);
  }
  if (out.stage_history_size() > 0) {
    *out.mutable_stage() = out.stage_history(out.stage_history_size() - 1);
  }
  const auto* stage = rules.FindStage(deal.pipeline_id(), CurrentStageId(deal));
  if (stage == nullptr) return;
  out.set_win_probability_percent(stage->win_probability_percent());
  for (std::string& field : MissingFields(rules, deal)) {
    out.add_missing_fields(std::move(field));
  }
}

void AddDates(const DealState& deal, v1::Deal& out) {
  *out.mutable_opened_at() = ToTimestamp(deal.opened().at_us());
  if (deal.status() != v1::DEAL_STATUS_OPEN) {
    *out.mutable_closed_at() = ToTimestamp(deal.status_moment().at_us());
  }
  if (deal.has_expected_close_date()) {
    *out.mutable_expected_close_date() = deal.expected_close_date();
  }
  if (deal.has_delivery_date()) {
    *out.mutable_delivery_date() = deal.delivery_date();
  }
  if (deal.has_last_customer()) {
    *out.mutable_last_customer_touchpoint_at() =
        ToTimestamp(deal.last_customer().at_us());
  }
  if (deal.has_last_company()) {
    *out.mutable_last_company_touchpoint_at() =
        ToTimestamp(deal.last_company().at_us());
  }
  if (deal.expected_silence_until_us() != 0) {
    *out.mutable_expected_silence_until() =
        ToTimestamp(deal.expected_silence_until_us());
  }
}

// The first open deals by id, within the bounds of an answer.
void AddOpenDeals(const Rules& rules, const JourneyFold& fold, Micros instant,
                  v1::Journey& out) {
  std::vector<const DealState*> open;
  for (const auto& entry : fold.state().open_deals()) {
    const auto it = fold.deals().find(entry.deal_id());
    if (it != fold.deals().end()) open.push_back(it->second.state);
  }
  std::sort(open.begin(), open.end(), [](const auto* a, const auto* b) {
    return a->deal_id() < b->deal_id();
  });
  size_t bytes = 0;
  for (const DealState* deal : open) {
    if (out.open_deals_size() == core::kShownOpenDealsMax) return;
    v1::Deal shown =
        ConcludeDeal(rules, *deal, fold.state().subject(), instant);
    bytes += shown.ByteSizeLong();
    if (bytes > core::kShownOpenDealsBytesMax) return;
    *out.add_open_deals() = std::move(shown);
  }
}

void AddPlan(const Rules& rules, const JourneyState& state, Micros instant,
             v1::Journey& out) {
  v1::Plan plan = ConcludePlan(rules, state, instant);
  if (plan.activities_size() > 0) *out.mutable_plan() = std::move(plan);
}

}  // namespace

v1::StageVisit ConcludeVisit(const Rules& rules,
                             const storage::v1::StageVisitState& visit) {
  const v1::LifecycleStage& stage = rules.StageFor(visit.stage());
  v1::StageVisit out;
  out.set_stage_id(stage.id());
  out.set_company_name(stage.company_name());
  out.set_customer_name(stage.customer_name());
  out.set_led_by(stage.led_by());
  *out.mutable_entered_at() = ToTimestamp(visit.entered_us());
  if (visit.left_us() != 0) {
    *out.mutable_left_at() = ToTimestamp(visit.left_us());
  }
  out.set_cycle(visit.cycle());
  for (const int skipped : visit.skipped()) {
    out.add_skipped_stage_ids(
        rules.StageFor(static_cast<v1::EntryCondition>(skipped)).id());
  }
  out.set_set_by_person(visit.set_by_person());
  *out.mutable_explanation() =
      Explain(rules, visit.rule_id(), LifecycleRuleText(visit.rule_id()),
              {visit.cause()});
  return out;
}

v1::LeadStanding ConcludeLead(const Rules& rules, const JourneyState& state) {
  const storage::v1::LeadState& lead = state.lead();
  v1::LeadStanding out;
  out.set_status(lead.status());
  *out.mutable_since() = ToTimestamp(lead.since_us());
  if (lead.status() == v1::LEAD_STATUS_MQL) {
    *out.mutable_explanation() = ExplainMql(rules, state);
  } else {
    std::vector<v1::TouchpointRef> causes;
    if (lead.has_cause()) causes.push_back(lead.cause());
    *out.mutable_explanation() =
        Explain(rules, lead.rule_id(), LeadRuleText(lead.rule_id()), causes);
  }
  if (lead.has_open_request()) {
    auto* request = out.mutable_open_request();
    const storage::v1::RequestState& known = lead.open_request();
    *request->mutable_requested_at() = ToTimestamp(known.moment().at_us());
    *request->mutable_explanation() =
        Explain(rules, known.rule_id(), LeadRuleText(known.rule_id()),
                {known.moment().ref()});
  }
  return out;
}

v1::Journey ConcludeJourney(const Rules& rules, const JourneyFold& fold,
                            Micros instant) {
  JourneyState advanced;
  const bool is_changed = NextChangeOf(fold.state()) <= instant;
  if (is_changed) {
    advanced = fold.state();
    AdvanceTo(instant, advanced);
  }
  const JourneyState& state = is_changed ? advanced : fold.state();
  v1::Journey out;
  *out.mutable_subject() = state.subject();
  *out.mutable_as_of() = ToTimestamp(instant);
  AddLifecycle(rules, state.lifecycle(), instant, out);
  *out.mutable_lead() = ConcludeLead(rules, state);
  AddScores(rules, state, instant, out);
  for (v1::SegmentStanding& standing : SegmentsAt(rules, state, instant)) {
    *out.add_segments() = std::move(standing);
  }
  out.set_owner_id(OwnerOf(state));
  AddPlan(rules, state, instant, out);
  AddOpenDeals(rules, fold, instant, out);
  out.set_open_deal_count(state.open_deal_count());
  out.set_deal_count(state.deal_count());
  out.set_purchase_count(state.purchase_count());
  if (state.purchase_count() > 0) {
    *out.mutable_first_purchase_at() = ToTimestamp(state.first_purchase_us());
    *out.mutable_last_purchase_at() = ToTimestamp(state.last_purchase_us());
  }
  out.set_touchpoint_count(state.touchpoint_count());
  *out.mutable_first_touchpoint_at() = ToTimestamp(state.first_at_us());
  *out.mutable_last_touchpoint_at() = ToTimestamp(state.newest().at_us());
  return out;
}

v1::Deal ConcludeDeal(const Rules& rules, const DealState& deal,
                      const v1::Subject& subject, Micros instant) {
  v1::Deal out;
  out.set_deal_id(deal.deal_id());
  out.set_name(deal.name());
  *out.mutable_journey() = subject;
  out.set_status(deal.status());
  out.set_pipeline_id(deal.pipeline_id());
  AddStage(rules, deal, out);
  if (deal.has_amount()) *out.mutable_amount() = deal.amount();
  out.set_currency_changed(deal.currency_changed());
  *out.mutable_products() = deal.products();
  out.set_push_count(deal.push_count());
  out.set_owner_id(OwnerOf(deal));
  *out.mutable_contacts() = deal.contacts();
  out.set_lost_reason(deal.lost_reason());
  AddDates(deal, out);
  for (v1::Stall& stall : StallsAt(rules, deal, instant)) {
    *out.add_stalls() = std::move(stall);
  }
  *out.mutable_explanation() = ExplainStatus(rules, deal);
  for (const v1::DealFlag flag : FlagsOf(rules, deal)) out.add_flags(flag);
  return out;
}

int WinProbabilityPercent(const Rules& rules, const DealState& deal) {
  const auto* stage = rules.FindStage(deal.pipeline_id(), CurrentStageId(deal));
  return stage == nullptr ? -1 : stage->win_probability_percent();
}

const std::string& OwnerOf(const JourneyState& state) {
  for (int i = state.open_deals_size() - 1; i >= 0; --i) {
    if (!state.open_deals(i).owner_id().empty()) {
      return state.open_deals(i).owner_id();
    }
  }
  return state.profile_owner_id().empty() ? state.closed_deal_owner_id()
                                          : state.profile_owner_id();
}

std::vector<StageInterval> StageIntervals(const JourneyState& state) {
  const auto current = [](const JourneyState& s) {
    const auto& visits = s.lifecycle().visits();
    return visits[visits.size() - 1].stage();
  };
  const Micros hold_until = state.lifecycle().hold_until_us();
  if (hold_until == 0) return {{current(state), core::kNever}};
  JourneyState later = state;
  AdvanceTo(hold_until, later);
  if (current(later) == current(state)) {
    return {{current(state), core::kNever}};
  }
  return {{current(state), hold_until}, {current(later), core::kNever}};
}

std::vector<LeadStatusInterval> LeadStatusIntervals(const JourneyState& state) {
  const storage::v1::LeadState& lead = state.lead();
  if (lead.status() != v1::LEAD_STATUS_MQL) {
    return {{lead.status(), core::kNever}};
  }
  JourneyState later;
  *later.mutable_lead() = lead;
  AdvanceTo(lead.mql_until_us(), later);
  return {{lead.status(), lead.mql_until_us()},
          {later.lead().status(), core::kNever}};
}

}  // namespace journey::projections
