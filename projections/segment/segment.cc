#include "projections/segment/segment.h"

#include <algorithm>
#include <utility>

#include "projections/invoice/open_invoices.h"
#include "projections/segment/explain_segment.h"
#include "projections/segment/purchase_windows.h"
#include "service/core/time.h"

namespace journey::projections {
namespace {

using core::Micros;
using storage::v1::JourneyState;
using storage::v1::Moment;
using storage::v1::SegmentState;

Micros UntilOf(const SegmentState& segment) {
  return segment.until_us() == 0 ? core::kNever : segment.until_us();
}

bool HoldsAt(Micros instant, const SegmentState& segment) {
  return segment.since_us() <= instant && instant < UntilOf(segment);
}

// What touchpoints of other kinds report changes no segment.
bool ConcernsSegments(const v1::Touchpoint& touchpoint) {
  return touchpoint.has_deal() || touchpoint.has_contract() ||
         touchpoint.has_invoice() || touchpoint.has_ticket();
}

// The earliest reason for risk; kNever where nothing puts the journey at risk.
Micros AtRiskSince(const Rules& rules, const JourneyState& state) {
  Micros since = core::kNever;
  for (const auto& invoice : state.open_invoices()) {
    since = std::min(since, OverdueSince(rules, invoice));
  }
  for (const auto& ticket : state.tickets()) {
    if (ticket.has_critical_complaint()) {
      since = std::min(since, ticket.critical_complaint().at_us());
    }
  }
  return since;
}

// What holds at `now` and what time alone will bring, by what is known at
// `now`: nothing begins before it.
std::vector<SegmentInterval> Implied(const Rules& rules,
                                     const JourneyState& state, Micros now) {
  std::vector<SegmentInterval> out;
  const auto add = [&](v1::Segment segment, Micros since, Micros until) {
    since = std::max(since, now);
    if (since < until) out.push_back({segment, since, until});
  };
  if (state.purchase_count() == 0) {
    add(v1::SEGMENT_PROSPECT, now, core::kNever);
  } else {
    const Purchases purchases = PurchasesOf(state);
    const Micros lost =
        state.open_deal_count() > 0
            ? core::kNever
            : std::max(LapseOf(rules, state, purchases).at, now);
    // One who is lost is neither regular nor active.
    const Micros regular = std::min(RegularUntil(rules, purchases), lost);
    add(v1::SEGMENT_ACTIVE, regular, lost);
    add(v1::SEGMENT_REGULAR, now, regular);
    add(v1::SEGMENT_LOST, lost, core::kNever);
  }
  add(v1::SEGMENT_AT_RISK, AtRiskSince(rules, state), core::kNever);
  std::sort(out.begin(), out.end(),
            [](const auto& a, const auto& b) { return a.segment < b.segment; });
  return out;
}

// The segment's state after a touchpoint; `before` are those before it.
SegmentState After(
    const SegmentInterval& interval, const Moment& moment,
    const google::protobuf::RepeatedPtrField<SegmentState>& before) {
  SegmentState out;
  out.set_segment(interval.segment);
  out.set_since_us(interval.since);
  out.set_until_us(interval.until == core::kNever ? 0 : interval.until);
  if (interval.since > moment.at_us()) return out;
  const auto held = std::find_if(
      before.begin(), before.end(), [&](const SegmentState& segment) {
        return segment.segment() == interval.segment &&
               HoldsAt(moment.at_us(), segment);
      });
  if (held == before.end()) {
    *out.mutable_cause() = moment.ref();
  } else {
    out.set_since_us(held->since_us());
    if (held->has_cause()) *out.mutable_cause() = held->cause();
  }
  return out;
}

}  // namespace

void ApplyToSegments(const Rules& rules, const v1::Touchpoint& touchpoint,
                     const Moment& moment, JourneyState& state) {
  if (!rules.rule_set().has_segments() ||
      state.subject().type() == v1::SUBJECT_TYPE_VISITOR) {
    return;
  }
  auto& segments = *state.mutable_segments();
  if (!segments.empty() && !ConcernsSegments(touchpoint)) {
    // Time has passed.
    segments.erase(std::remove_if(segments.begin(), segments.end(),
                                  [&](const SegmentState& segment) {
                                    return UntilOf(segment) <= moment.at_us();
                                  }),
                   segments.end());
    return;
  }
  google::protobuf::RepeatedPtrField<SegmentState> after;
  for (const auto& interval : Implied(rules, state, moment.at_us())) {
    *after.Add() = After(interval, moment, segments);
  }
  segments = after;
}

std::vector<SegmentInterval> SegmentIntervals(const JourneyState& state) {
  std::vector<SegmentInterval> out;
  out.reserve(static_cast<size_t>(state.segments_size()));
  for (const SegmentState& segment : state.segments()) {
    out.push_back({segment.segment(), segment.since_us(), UntilOf(segment)});
  }
  return out;
}

std::vector<v1::SegmentStanding> SegmentsAt(const Rules& rules,
                                            const JourneyState& state,
                                            Micros instant) {
  std::vector<v1::SegmentStanding> out;
  for (const SegmentState& segment : state.segments()) {
    if (!HoldsAt(instant, segment)) continue;
    v1::SegmentStanding standing;
    standing.set_segment(segment.segment());
    *standing.mutable_since() = core::ToTimestamp(segment.since_us());
    *standing.mutable_explanation() =
        ExplainSegment(rules, state, segment, instant);
    out.push_back(std::move(standing));
  }
  return out;
}

}  // namespace journey::projections
