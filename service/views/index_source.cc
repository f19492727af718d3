#include "service/views/index_source.h"

#include "service/core/errors.h"
#include "service/views/keys.h"

namespace journey::views {
namespace {

absl::Status Damaged() {
  return core::DamagedError("views: an entry of a list is damaged");
}

}  // namespace

absl::Status ListedSource::ScanLinks(absl::string_view tenant_id,
                                     const core::SubjectRef& wide,
                                     bool withdrawn,
                                     const SubjectVisitor& visit) const {
  bool is_damaged = false;
  const absl::Status status =
      ScanLists(LinkedPrefix(tenant_id, wide),
                [&](absl::string_view suffix, absl::string_view value) {
                  if (value != kLinked && !withdrawn) return true;
                  v1::Subject subject;
                  is_damaged = !ConsumeSubject(suffix, subject);
                  return !is_damaged && visit(subject);
                });
  return is_damaged ? Damaged() : status;
}

absl::Status IndexSource::ScanHomeFrom(absl::string_view tenant_id,
                                       const core::SubjectRef& home,
                                       core::Micros /*from*/,
                                       const DealVisitor& visit) const {
  return ScanHome(tenant_id, home, visit);
}

absl::Status ListedSource::ScanHome(absl::string_view tenant_id,
                                    const core::SubjectRef& home,
                                    const DealVisitor& visit) const {
  return ScanHomeFrom(tenant_id, home, 0, visit);
}

absl::Status ListedSource::ScanHomeFrom(absl::string_view tenant_id,
                                        const core::SubjectRef& home,
                                        core::Micros from,
                                        const DealVisitor& visit) const {
  bool is_damaged = false;
  const absl::Status status =
      ScanLists(HomePrefix(tenant_id, home),
                [&](absl::string_view deal_id, absl::string_view value) {
                  core::Micros instant = 0;
                  core::Micros newest = 0;
                  is_damaged = !ConsumeInstant(value, instant) ||
                               !ConsumeInstant(value, newest);
                  if (is_damaged) return false;
                  return newest < from || visit(deal_id, instant);
                });
  return is_damaged ? Damaged() : status;
}

}  // namespace journey::views
