#include "projections/changes.h"

#include <algorithm>
#include <utility>

#include "projections/conclude.h"
#include "projections/stall/stall.h"
#include "service/core/time.h"

namespace journey::projections {
namespace {

using core::Micros;
using storage::v1::DealState;
using storage::v1::JourneyState;

// The open deals of a journey.
std::vector<const DealState*> OpenDeals(const JourneyState& state,
                                        const JourneyFold& fold) {
  std::vector<const DealState*> out;
  for (const auto& open : state.open_deals()) {
    const auto deal = fold.deals().find(open.deal_id());
    if (deal != fold.deals().end()) out.push_back(deal->second.state);
  }
  return out;
}

v1::JourneyChange& Add(Micros at, const v1::Explanation& explanation,
                       std::vector<v1::JourneyChange>& out) {
  v1::JourneyChange& change = out.emplace_back();
  *change.mutable_at() = core::ToTimestamp(at);
  *change.mutable_explanation() = explanation;
  return change;
}

void AddStall(Micros at, const std::string& deal_id, const v1::Stall& stall,
              bool ended, std::vector<v1::JourneyChange>& out) {
  v1::StallChange& change = *Add(at, stall.explanation(), out).mutable_stall();
  change.set_deal_id(deal_id);
  change.set_reason(stall.reason());
  change.set_severity(stall.severity());
  change.set_ended(ended);
}

}  // namespace

ChangeFinder::ChangeFinder(const Rules& rules, const JourneyFold& fold,
                           Micros at)
    : rules_(rules), at_(at) {
  if (fold.state().touchpoint_count() == 0) return;
  JourneyState state = fold.state();
  projections::AdvanceTo(at, state);
  Note(at, state, fold, nullptr);
}

void ChangeFinder::AdvanceTo(Micros until, const JourneyFold& fold,
                             std::vector<v1::JourneyChange>& out) {
  if (fold.state().touchpoint_count() == 0) return;
  JourneyState state = fold.state();
  projections::AdvanceTo(at_, state);
  while (true) {
    const Micros next = NextInstant(state, fold);
    if (next > until) break;
    at_ = next;
    projections::AdvanceTo(at_, state);
    Note(at_, state, fold, &out);
  }
  at_ = std::max(at_, until);
}

void ChangeFinder::Applied(Micros at, const JourneyFold& fold,
                           std::vector<v1::JourneyChange>& out) {
  at_ = at;
  Note(at, fold.state(), fold, &out);
}

// The next instant at which time alone may change something.
Micros ChangeFinder::NextInstant(const JourneyState& state,
                                 const JourneyFold& fold) const {
  Micros next = core::kNever;
  const auto consider = [&](Micros instant) {
    if (instant > at_) next = std::min(next, instant);
  };
  consider(NextChangeOf(state));
  for (const DealState* deal : OpenDeals(state, fold)) {
    for (const StallInterval& interval : StallIntervals(rules_, *deal)) {
      consider(interval.since);
      consider(interval.until);
    }
  }
  return next;
}

void ChangeFinder::Note(Micros at, const JourneyState& state,
                        const JourneyFold& fold,
                        std::vector<v1::JourneyChange>* out) {
  NoteStages(at, state, out);
  NoteLead(at, state, out);
  NoteStalls(at, state, fold, out);
}

void ChangeFinder::NoteStages(Micros at, const JourneyState& state,
                              std::vector<v1::JourneyChange>* out) {
  const auto& lifecycle = state.lifecycle();
  const int is_new = std::min(lifecycle.visit_count() - standing_.visit_count,
                              lifecycle.visits_size());
  for (int i = lifecycle.visits_size() - is_new;
       out != nullptr && i < lifecycle.visits_size(); ++i) {
    const v1::StageVisit visit = ConcludeVisit(rules_, lifecycle.visits(i));
    v1::StageChange& change =
        *Add(at, visit.explanation(), *out).mutable_stage();
    change.set_from_stage_id(standing_.stage_id);
    change.set_to_stage_id(visit.stage_id());
    change.set_cycle(visit.cycle());
    standing_.stage_id = visit.stage_id();
  }
  standing_.visit_count = lifecycle.visit_count();
  standing_.stage_id =
      rules_.StageFor(lifecycle.visits(lifecycle.visits_size() - 1).stage())
          .id();
}

void ChangeFinder::NoteLead(Micros at, const JourneyState& state,
                            std::vector<v1::JourneyChange>* out) {
  const auto& lead = state.lead();
  if (lead.status() == standing_.lead_status &&
      lead.since_us() == standing_.lead_since) {
    return;
  }
  if (out != nullptr) {
    const v1::LeadStanding standing = ConcludeLead(rules_, state);
    v1::LeadStatusChange& change =
        *Add(at, standing.explanation(), *out).mutable_lead_status();
    change.set_from(standing_.lead_status);
    change.set_to(lead.status());
  }
  standing_.lead_status = lead.status();
  standing_.lead_since = lead.since_us();
}

void ChangeFinder::NoteStalls(Micros at, const JourneyState& state,
                              const JourneyFold& fold,
                              std::vector<v1::JourneyChange>* out) {
  std::map<StallName, v1::Stall> stalls;
  for (const DealState* deal : OpenDeals(state, fold)) {
    for (v1::Stall& stall : StallsAt(rules_, *deal, at)) {
      const StallName name{deal->deal_id(), stall.reason()};
      stalls[name] = std::move(stall);
    }
  }
  if (out != nullptr) {
    for (const auto& [name, stall] : standing_.stalls) {
      if (stalls.count(name) == 0) {
        AddStall(at, name.first, stall, /*ended=*/true, *out);
      }
    }
    for (const auto& [name, stall] : stalls) {
      const auto before = standing_.stalls.find(name);
      if (before == standing_.stalls.end() ||
          before->second.severity() != stall.severity()) {
        AddStall(at, name.first, stall, /*ended=*/false, *out);
      }
    }
  }
  standing_.stalls = std::move(stalls);
}

}  // namespace journey::projections
