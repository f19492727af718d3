// What the index held when the log ended at an earlier position.
#ifndef SERVICE_VIEWS_KNOWN_SOURCE_H_
#define SERVICE_VIEWS_KNOWN_SOURCE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "service/core/clock.h"
#include "service/log/event_log.h"
#include "service/views/index_rows.h"
#include "service/views/index_source.h"

namespace journey::views {

// The newest position of a tenant's log that was received by `instant`; 0 when
// there was none. `head` is the newest of all.
absl::StatusOr<int64_t> PositionKnownAt(const log::EventLog& log,
                                        absl::string_view tenant_id,
                                        int64_t head, core::Micros instant);

// Hides what came after a position. Identities and homes of deals are worked
// out from the touchpoints, so this is for single journeys. Not thread-safe.
class KnownSource final : public IndexSource {
 public:
  // All outlive the source.
  KnownSource(const IndexSource& newest, const log::EventLog& log,
              int64_t position)
      : newest_(newest), log_(log), position_(position) {}

  absl::Status ScanTouchpoints(absl::string_view subject_key, core::Micros from,
                               const RowVisitor& visit) const override;
  absl::Status ScanLinked(absl::string_view tenant_id,
                          const core::SubjectRef& wide,
                          const SubjectVisitor& visit) const override;
  absl::Status ScanEverLinked(absl::string_view tenant_id,
                              const core::SubjectRef& wide,
                              const SubjectVisitor& visit) const override;
  absl::Status ScanHome(absl::string_view tenant_id,
                        const core::SubjectRef& home,
                        const DealVisitor& visit) const override;
  absl::StatusOr<storage::v1::IdentityState> ReadIdentity(
      absl::string_view tenant_id,
      const core::SubjectRef& subject) const override;

 private:
  // The accounts that one was merged with directly, sorted.
  absl::StatusOr<std::vector<std::string>> MergedWith(
      const IndexedLog& index, const std::string& account_id) const;
  // The smallest id of all accounts that are the same as one.
  absl::StatusOr<std::string> RepresentativeOf(
      const IndexedLog& index, const std::string& account_id) const;

  const IndexSource& newest_;
  const log::EventLog& log_;
  const int64_t position_;
  // What was worked out already, by account.
  mutable absl::flat_hash_map<std::string, std::vector<std::string>> merged_;
  mutable absl::flat_hash_map<std::string, std::string> representatives_;
};

}  // namespace journey::views

#endif  // SERVICE_VIEWS_KNOWN_SOURCE_H_
