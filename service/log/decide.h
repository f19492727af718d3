// What becomes of one append, decided from facts that were fetched before.
// Pure: no I/O, clock or state.
#ifndef SERVICE_LOG_DECIDE_H_
#define SERVICE_LOG_DECIDE_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "journey/v1/touchpoint_service.pb.h"
#include "service/core/clock.h"
#include "service/core/sender_clocks.h"
#include "service/log/event_log.h"
#include "service/log/writer.h"

namespace journey::log {

// What is known of one (source, touchpoint_id) before the append.
struct IdFact {
  IdEntry entry;
  // What stands at `entry.position`, as its source gave it. Required where that
  // is set and the append carries a touchpoint with this id, retracts one kind
  // only or amends; must live as long as the decision is being made.
  const v1::Touchpoint* touchpoint = nullptr;
};

// What is known before one append: of the views, and of what was decided
// before it and is not in the views yet.
struct Facts {
  // One for each touchpoint, then one for each retraction.
  std::vector<IdFact> ids;
  // For each touchpoint, a subject it names that is full; null where there is
  // none. May be empty when no subject is full.
  std::vector<std::unique_ptr<v1::Subject>> full_subjects;
  // For each touchpoint, which of its links are inert. May be empty when none
  // is.
  std::vector<InertLinks> inert_links;
  // The current version for each expected version.
  std::vector<int64_t> versions;
  // The newest position of the tenant's log.
  int64_t head_position = 0;
  // Free disk space is below the floor.
  bool storage_full = false;
};

// An append that is accepted.
struct Decision {
  v1::AppendResponse response;
  // What it adds, by position; empty when all was known before.
  std::vector<LogEvent> events;
  int64_t repeated = 0;
  int64_t inert_links = 0;
};

// Repeats are recognised first; then, if the append adds something, expected
// versions, full subjects and storage are checked, in this order. Errors:
// ALREADY_EXISTS (TOUCHPOINT_CONFLICT), ABORTED (VERSION_MISMATCH),
// RESOURCE_EXHAUSTED (SUBJECT_FULL, STORAGE_FULL), INVALID_ARGUMENT
// (VALIDATION_FAILED) for a retraction of another kind than the wanted one, and
// for an amendment that adds something and is written to another subject than
// its target.
[[nodiscard]] absl::StatusOr<Decision> Decide(const Append& append,
                                              const Facts& facts,
                                              const core::SenderClocks& clocks,
                                              core::Micros now);

}  // namespace journey::log

#endif  // SERVICE_LOG_DECIDE_H_
