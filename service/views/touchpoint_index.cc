#include "service/views/touchpoint_index.h"

#include <algorithm>
#include <utility>

#include "service/core/big_endian.h"
#include "service/core/errors.h"
#include "service/views/keys.h"

namespace journey::views {
namespace {

constexpr char kHasDeal = 1;
constexpr char kAsGiven = 2;
constexpr char kRetracted = 4;
constexpr size_t kNumberBytes = sizeof(uint64_t);
// How many touchpoints a refold reads at a time.
constexpr size_t kReadChunk = 1000;

absl::Status DamagedEntry() {
  return core::MakeError(absl::StatusCode::kDataLoss,
                         v1::ERROR_REASON_DATA_DAMAGED,
                         "views: an entry of the touchpoint index is damaged");
}

bool InOrder(const PlacedTouchpoint& a, const PlacedTouchpoint& b) {
  return a.order < b.order;
}

// Adds the touchpoints under one subject for which `wanted` holds.
absl::Status Collect(const ScanPrefix& scan, absl::string_view tenant_id,
                     const v1::Subject& subject, core::Micros until,
                     const std::function<bool(const TouchpointEntry&)>& wanted,
                     std::vector<PlacedTouchpoint>& out) {
  absl::Status status;
  const absl::Status scanned =
      scan(Family::kTouchpoints, SubjectKey(tenant_id, subject),
           [&](absl::string_view suffix, absl::string_view value) {
             auto order = ParseOrder(suffix);
             const auto entry = DecodeEntry(value);
             if (!order.has_value() || !entry.ok()) {
               status = DamagedEntry();
               return false;
             }
             if (order->occurred_at > until) return false;
             if (wanted(*entry)) {
               out.push_back({*std::move(order), entry->position,
                              entry->retraction_position});
             }
             return true;
           });
  return status.ok() ? scanned : status;
}

v1::Subject DealSubject(absl::string_view deal_id) {
  v1::Subject subject;
  subject.set_type(v1::SUBJECT_TYPE_DEAL);
  subject.set_id(std::string(deal_id));
  return subject;
}

}  // namespace

std::string EncodeEntry(const TouchpointEntry& entry) {
  std::string value;
  const bool retracted = entry.retraction_position != 0;
  value.push_back(static_cast<char>((entry.has_deal ? kHasDeal : 0) |
                                    (entry.as_given ? kAsGiven : 0) |
                                    (retracted ? kRetracted : 0)));
  core::AppendBigEndian(static_cast<uint64_t>(entry.position), value);
  if (retracted) {
    core::AppendBigEndian(static_cast<uint64_t>(entry.retraction_position),
                          value);
  }
  return value;
}

absl::StatusOr<TouchpointEntry> DecodeEntry(absl::string_view value) {
  if (value.empty()) return DamagedEntry();
  const char flags = value[0];
  value.remove_prefix(1);
  const bool retracted = (flags & kRetracted) != 0;
  if (value.size() != (retracted ? 2 * kNumberBytes : kNumberBytes)) {
    return DamagedEntry();
  }
  TouchpointEntry entry;
  entry.has_deal = (flags & kHasDeal) != 0;
  entry.as_given = (flags & kAsGiven) != 0;
  entry.position = static_cast<int64_t>(core::LoadBigEndian(value));
  if (retracted) {
    value.remove_prefix(kNumberBytes);
    entry.retraction_position =
        static_cast<int64_t>(core::LoadBigEndian(value));
  }
  return entry;
}

ScanPrefix ScanOf(const Snapshot& snapshot) {
  return [&snapshot](Family family, const std::string& prefix,
                     const Visitor& visit) {
    const Visitor visit_suffix = [&](absl::string_view key,
                                     absl::string_view value) {
      key.remove_prefix(prefix.size());
      return visit(key, value);
    };
    return family == Family::kTouchpoints
               ? snapshot.ScanTouchpoints(prefix, visit_suffix)
               : snapshot.Scan(family, prefix, PrefixEnd(prefix), visit_suffix);
  };
}

absl::StatusOr<std::vector<PlacedTouchpoint>> TouchpointsOfDeal(
    const ScanPrefix& scan, absl::string_view tenant_id,
    absl::string_view deal_id, core::Micros until) {
  std::vector<PlacedTouchpoint> out;
  const absl::Status status = Collect(
      scan, tenant_id, DealSubject(deal_id), until,
      [](const TouchpointEntry&) { return true; }, out);
  if (!status.ok()) return status;
  return out;
}

absl::StatusOr<std::vector<std::string>> DealsOfJourney(
    const ScanPrefix& scan, absl::string_view tenant_id,
    const v1::Subject& journey) {
  std::vector<std::string> out;
  const absl::Status status =
      scan(Family::kLists, HomePrefix(tenant_id, journey),
           [&](absl::string_view suffix, absl::string_view) {
             out.emplace_back(suffix);
             return true;
           });
  if (!status.ok()) return status;
  return out;
}

absl::StatusOr<std::vector<PlacedTouchpoint>> TouchpointsOfJourney(
    const ScanPrefix& scan, absl::string_view tenant_id,
    const v1::Subject& journey, core::Micros until) {
  std::vector<PlacedTouchpoint> out;
  if (journey.type() != v1::SUBJECT_TYPE_DEAL) {
    const absl::Status status = Collect(
        scan, tenant_id, journey, until,
        [](const TouchpointEntry& entry) {
          return entry.as_given && !entry.has_deal;
        },
        out);
    if (!status.ok()) return status;
  }
  const auto deals = DealsOfJourney(scan, tenant_id, journey);
  if (!deals.ok()) return deals.status();
  for (const std::string& deal_id : *deals) {
    const absl::Status status = Collect(
        scan, tenant_id, DealSubject(deal_id), until,
        [](const TouchpointEntry&) { return true; }, out);
    if (!status.ok()) return status;
  }
  // What was collected is sorted but for the seams between subjects.
  if (!std::is_sorted(out.begin(), out.end(), InOrder)) {
    std::sort(out.begin(), out.end(), InOrder);
  }
  return out;
}

absl::StatusOr<projections::JourneyFold> Refold(
    const projections::Rules& rules, const log::EventLog& log,
    absl::string_view tenant_id, const v1::Subject& journey,
    const std::vector<PlacedTouchpoint>& touchpoints) {
  projections::JourneyFold fold = projections::EmptyFold(journey);
  std::vector<int64_t> positions;
  for (size_t i = 0; i < touchpoints.size();) {
    positions.clear();
    for (; i < touchpoints.size() && positions.size() < kReadChunk; ++i) {
      if (touchpoints[i].retraction_position == 0) {
        positions.push_back(touchpoints[i].position);
      }
    }
    const auto events = log.ReadPositions(tenant_id, positions);
    if (!events.ok()) return events.status();
    for (const log::LogEvent& event : *events) {
      projections::Evolve(rules, *event.touchpoint, fold);
    }
  }
  return fold;
}

}  // namespace journey::views
