#include "service/views/index_rows.h"

#include <algorithm>
#include <utility>

#include "projections/identity/links.h"
#include "projections/journey_fold.h"
#include "service/core/identity.h"
#include "service/views/keys.h"
#include "service/views/touchpoint_index.h"

namespace journey::views {
namespace {

using storage::v1::Moment;

// The rows under a subject for which `wanted` holds, by time and position.
absl::StatusOr<std::vector<TouchpointRow>> RowsOf(
    const IndexedLog& index, const core::SubjectRef& subject,
    absl::FunctionRef<bool(const TouchpointRow&)> wanted) {
  std::vector<TouchpointRow> rows;
  const absl::Status status = index.source.ScanTouchpoints(
      SubjectKey(index.tenant_id, subject), 0, [&](const TouchpointRow& row) {
        if (wanted(row)) rows.push_back(row);
        return true;
      });
  if (!status.ok()) return status;
  return rows;
}

// Visits the touchpoints of rows under a subject, in canonical order.
absl::Status ForEach(const IndexedLog& index, const core::SubjectRef& subject,
                     absl::FunctionRef<bool(const TouchpointRow&)> wanted,
                     absl::FunctionRef<void(const v1::Touchpoint&)> visit) {
  auto rows = RowsOf(index, subject, wanted);
  if (!rows.ok()) return rows.status();
  OrderedReader reader(index.log, index.tenant_id, *std::move(rows), 0,
                       /*falling=*/false);
  while (true) {
    const auto placed = reader.Next(kOrderedReadMax);
    if (!placed.ok()) return placed.status();
    if (placed->empty()) return absl::OkStatus();
    for (const PlacedEvent& each : *placed) visit(*each.event.touchpoint);
  }
}

bool Links(const TouchpointRow& row) {
  return row.links && row.retraction_position == 0;
}

// Keeps the newest moment and its id.
void KeepNewest(const std::string& id, const Moment& moment,
                Moment* newest_moment, std::string* newest_id) {
  if (id.empty()) return;
  if (!newest_id->empty() && projections::Before(moment, *newest_moment)) {
    return;
  }
  *newest_moment = moment;
  *newest_id = id;
}

}  // namespace

absl::StatusOr<storage::v1::IdentityState> LinksFromRows(
    const IndexedLog& index, const core::SubjectRef& narrow) {
  storage::v1::IdentityState out;
  const absl::Status status =
      ForEach(index, narrow, &Links, [&](const v1::Touchpoint& touchpoint) {
        for (const core::LinkRef& link : core::LinksOf(touchpoint)) {
          if (!(link.narrow == narrow)) continue;
          projections::AddNewestLink(projections::MomentOf(touchpoint),
                                     core::ToSubject(link.wide), out);
        }
      });
  if (!status.ok()) return status;
  return out;
}

absl::StatusOr<std::vector<std::string>> MergesFromRows(
    const IndexedLog& index, absl::string_view account_id) {
  absl::btree_set<std::string> others;
  const absl::Status status = ForEach(
      index, {v1::SUBJECT_TYPE_ACCOUNT, account_id}, &Links,
      [&](const v1::Touchpoint& touchpoint) {
        const std::string& other =
            touchpoint.account_merge().other_account_id();
        others.insert(other == account_id ? touchpoint.account_id() : other);
      });
  if (!status.ok()) return status;
  return std::vector<std::string>(others.begin(), others.end());
}

// From the newest touchpoint on, because most deals name their account again
// and again.
absl::StatusOr<storage::v1::DealRecord> HomeFromRows(
    const IndexedLog& index, absl::string_view deal_id) {
  auto rows = RowsOf(
      index, {v1::SUBJECT_TYPE_DEAL, deal_id},
      [](const TouchpointRow& row) { return row.retraction_position == 0; });
  if (!rows.ok()) return rows.status();
  std::reverse(rows->begin(), rows->end());
  OrderedReader reader(index.log, index.tenant_id, *std::move(rows), 0,
                       /*falling=*/true);
  storage::v1::DealRecord record;
  size_t size = 1;
  while (record.account_id().empty()) {
    const auto placed = reader.Next(size);
    if (!placed.ok()) return placed.status();
    if (placed->empty()) break;
    for (const PlacedEvent& each : *placed) {
      NoteHome(*each.event.touchpoint, record);
    }
    size = std::min(2 * size, kOrderedReadMax);
  }
  return record;
}

absl::StatusOr<absl::btree_set<std::string>> DealsNamedWith(
    const IndexedLog& index, const core::SubjectRef& subject) {
  absl::btree_set<std::string> out;
  const absl::Status status = ForEach(
      index, subject, [](const TouchpointRow& row) { return row.has_deal; },
      [&](const v1::Touchpoint& touchpoint) {
        out.insert(touchpoint.deal_id());
      });
  if (!status.ok()) return status;
  return out;
}

void NoteHome(const v1::Touchpoint& touchpoint,
              storage::v1::DealRecord& record) {
  const Moment moment = projections::MomentOf(touchpoint);
  KeepNewest(touchpoint.account_id(), moment, record.mutable_account_moment(),
             record.mutable_account_id());
  KeepNewest(touchpoint.contact_id(), moment, record.mutable_contact_moment(),
             record.mutable_contact_id());
}

}  // namespace journey::views
