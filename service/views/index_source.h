// Where journeys find their touchpoints, members and deals: a snapshot, a
// snapshot with a change in front of it, or what was known at some time.
#ifndef SERVICE_VIEWS_INDEX_SOURCE_H_
#define SERVICE_VIEWS_INDEX_SOURCE_H_

#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "journey/storage/v1/views.pb.h"
#include "service/core/clock.h"
#include "service/core/touchpoint.h"
#include "service/views/touchpoint_row.h"

namespace journey::views {

// Visitors return false to end a scan.
class IndexSource {
 public:
  using RowVisitor = std::function<bool(const TouchpointRow& row)>;
  using SubjectVisitor = std::function<bool(const v1::Subject& subject)>;
  using DealVisitor =
      std::function<bool(absl::string_view deal_id, core::Micros instant)>;

  virtual ~IndexSource() = default;

  // Visits the rows under one subject from an instant on, by time and
  // position.
  virtual absl::Status ScanTouchpoints(absl::string_view subject_key,
                                       core::Micros from,
                                       const RowVisitor& visit) const = 0;

  // Visits the subjects that have a link to `wide` at some time; others may be
  // among them.
  virtual absl::Status ScanLinked(absl::string_view tenant_id,
                                  const core::SubjectRef& wide,
                                  const SubjectVisitor& visit) const = 0;
  // The same, with those whose link was withdrawn.
  virtual absl::Status ScanEverLinked(absl::string_view tenant_id,
                                      const core::SubjectRef& wide,
                                      const SubjectVisitor& visit) const = 0;

  // Visits the deals whose home a subject is (lists.h), with its instant.
  virtual absl::Status ScanHome(absl::string_view tenant_id,
                                const core::SubjectRef& home,
                                const DealVisitor& visit) const = 0;
  // The same; may leave out deals of which no touchpoint occurred at `from` or
  // later, retracted or not.
  virtual absl::Status ScanHomeFrom(absl::string_view tenant_id,
                                    const core::SubjectRef& home,
                                    core::Micros from,
                                    const DealVisitor& visit) const;

  // With whom a subject belongs together; empty where nothing is known.
  virtual absl::StatusOr<storage::v1::IdentityState> ReadIdentity(
      absl::string_view tenant_id, const core::SubjectRef& subject) const = 0;
};

// A source that keeps members and deals in lists.
class ListedSource : public IndexSource {
 public:
  using Visitor =
      std::function<bool(absl::string_view key, absl::string_view value)>;

  // Visits the entries of `lists` whose keys begin with `prefix`, by key; the
  // visitor gets the keys without the prefix.
  virtual absl::Status ScanLists(absl::string_view prefix,
                                 const Visitor& visit) const = 0;

  absl::Status ScanLinked(absl::string_view tenant_id,
                          const core::SubjectRef& wide,
                          const SubjectVisitor& visit) const override {
    return ScanLinks(tenant_id, wide, /*withdrawn=*/false, visit);
  }
  absl::Status ScanEverLinked(absl::string_view tenant_id,
                              const core::SubjectRef& wide,
                              const SubjectVisitor& visit) const override {
    return ScanLinks(tenant_id, wide, /*withdrawn=*/true, visit);
  }
  absl::Status ScanHome(absl::string_view tenant_id,
                        const core::SubjectRef& home,
                        const DealVisitor& visit) const override;
  absl::Status ScanHomeFrom(absl::string_view tenant_id,
                            const core::SubjectRef& home, core::Micros from,
                            const DealVisitor& visit) const override;

 private:
  absl::Status ScanLinks(absl::string_view tenant_id,
                         const core::SubjectRef& wide, bool withdrawn,
                         const SubjectVisitor& visit) const;
};

}  // namespace journey::views

#endif  // SERVICE_VIEWS_INDEX_SOURCE_H_
