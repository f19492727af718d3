#include "service/views/known_source.h"

#include <string>
#include <utility>
#include <vector>

#include "projections/identity/merges.h"
#include "service/views/lists.h"

namespace journey::views {

absl::StatusOr<int64_t> PositionKnownAt(const log::EventLog& log,
                                        absl::string_view tenant_id,
                                        int64_t head, core::Micros instant) {
  // Positions up to `known` were received by then, those behind `end` later.
  int64_t known = 0;
  int64_t end = head;
  while (known < end) {
    const int64_t middle = known + (end - known + 1) / 2;
    const auto events = log.ReadPositions(tenant_id, {middle});
    if (!events.ok()) return events.status();
    if (events->front().received_at <= instant) {
      known = middle;
    } else {
      end = middle - 1;
    }
  }
  return known;
}

absl::Status KnownSource::ScanTouchpoints(absl::string_view subject_key,
                                          core::Micros from,
                                          const RowVisitor& visit) const {
  return newest_.ScanTouchpoints(subject_key, from,
                                 [&](const TouchpointRow& row) {
                                   if (row.position > position_) return true;
                                   TouchpointRow known = row;
                                   if (known.retraction_position > position_) {
                                     known.retraction_position = 0;
                                   }
                                   return visit(known);
                                 });
}

absl::Status KnownSource::ScanLinked(absl::string_view tenant_id,
                                     const core::SubjectRef& wide,
                                     const SubjectVisitor& visit) const {
  return ScanEverLinked(tenant_id, wide, visit);
}

absl::Status KnownSource::ScanEverLinked(absl::string_view tenant_id,
                                         const core::SubjectRef& wide,
                                         const SubjectVisitor& visit) const {
  return newest_.ScanEverLinked(tenant_id, wide, visit);
}

absl::Status KnownSource::ScanHome(absl::string_view tenant_id,
                                   const core::SubjectRef& home,
                                   const DealVisitor& visit) const {
  const IndexedLog index{*this, log_, tenant_id};
  const auto deal_ids = DealsNamedWith(index, home);
  if (!deal_ids.ok()) return deal_ids.status();
  for (const std::string& deal_id : *deal_ids) {
    const auto record = HomeFromRows(index, deal_id);
    if (!record.ok()) return record.status();
    const Home is = HomeOf(deal_id, *record);
    if (core::RefOf(is.subject) == home && !visit(deal_id, is.instant)) break;
  }
  return absl::OkStatus();
}

absl::StatusOr<storage::v1::IdentityState> KnownSource::ReadIdentity(
    absl::string_view tenant_id, const core::SubjectRef& subject) const {
  const IndexedLog index{*this, log_, tenant_id};
  storage::v1::IdentityState identity;
  if (subject.type == v1::SUBJECT_TYPE_ACCOUNT) {
    const std::string id(subject.id);
    const auto others = MergedWith(index, id);
    if (!others.ok()) return others.status();
    identity.mutable_merged_account_ids()->Assign(others->begin(),
                                                  others->end());
    const auto representative = RepresentativeOf(index, id);
    if (!representative.ok()) return representative.status();
    if (*representative != id) identity.set_representative_id(*representative);
  } else {
    auto links = LinksFromRows(index, subject);
    if (!links.ok()) return links.status();
    identity = *std::move(links);
  }
  // Not counted then; somebody may be linked.
  identity.set_linked_count(1);
  return identity;
}

absl::StatusOr<std::vector<std::string>> KnownSource::MergedWith(
    const IndexedLog& index, const std::string& account_id) const {
  const auto known = merged_.find(account_id);
  if (known != merged_.end()) return known->second;
  auto others = MergesFromRows(index, account_id);
  if (others.ok()) merged_[account_id] = *others;
  return others;
}

absl::StatusOr<std::string> KnownSource::RepresentativeOf(
    const IndexedLog& index, const std::string& account_id) const {
  const auto known = representatives_.find(account_id);
  if (known != representatives_.end()) return known->second;
  const auto same = projections::SameAccounts(
      account_id, [&](const std::string& id) { return MergedWith(index, id); });
  if (!same.ok()) return same.status();
  for (const std::string& id : *same) representatives_[id] = same->front();
  return same->front();
}

}  // namespace journey::views
