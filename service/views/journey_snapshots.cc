#include "service/views/journey_snapshots.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "service/core/big_endian.h"
#include "service/core/errors.h"
#include "service/views/keys.h"

namespace journey::views {
namespace {

// Large snapshots come more rarely, so that they cost about so much for each
// touchpoint.
constexpr int64_t kBytesPerTouchpoint = 256;

// Under which a snapshot is kept in `subjects`; `suffix` is that of its list
// entry, an instant and a number.
std::string SnapshotKey(absl::string_view tenant_id, const v1::Subject& journey,
                        absl::string_view suffix) {
  return absl::StrCat(SubjectKey(tenant_id, journey), suffix);
}

}  // namespace

bool IsSnapshotDue(const storage::v1::JourneyState& journey, int touchpoints) {
  return journey.touchpoint_count() >=
         std::max<int64_t>(journey.next_snapshot_count(), touchpoints);
}

void PutSnapshot(absl::string_view tenant_id, int touchpoints,
                 storage::v1::JourneyState& journey,
                 const std::vector<const storage::v1::DealState*>& deals,
                 Update& update) {
  storage::v1::JourneySnapshot snapshot;
  for (const storage::v1::DealState* deal : deals) {
    *snapshot.add_deals() = *deal;
  }
  const auto bytes =
      static_cast<int64_t>(journey.ByteSizeLong() + snapshot.ByteSizeLong());
  journey.set_next_snapshot_count(
      journey.touchpoint_count() +
      std::max<int64_t>(touchpoints, bytes / kBytesPerTouchpoint));
  *snapshot.mutable_journey() = journey;
  std::string suffix;
  AppendInstant(journey.newest().at_us(), suffix);
  core::AppendBigEndian(static_cast<uint64_t>(journey.touchpoint_count()),
                        suffix);
  update.Put(Family::kLists,
             absl::StrCat(SnapshotPrefix(tenant_id, journey.subject()), suffix),
             "");
  update.Put(Family::kSubjects,
             SnapshotKey(tenant_id, journey.subject(), suffix),
             snapshot.SerializeAsString());
}

absl::Status DropSnapshots(absl::string_view tenant_id,
                           const v1::Subject& journey, core::Micros from,
                           Update& update) {
  const std::string prefix = SnapshotPrefix(tenant_id, journey);
  std::string first = prefix;
  AppendInstant(from, first);
  std::vector<std::string> suffixes;
  absl::Status status =
      update.Scan(Family::kLists, first, PrefixEnd(prefix),
                  [&](absl::string_view key, absl::string_view) {
                    suffixes.emplace_back(key.substr(prefix.size()));
                    return true;
                  });
  for (const std::string& suffix : suffixes) {
    update.Delete(Family::kLists, absl::StrCat(prefix, suffix));
    update.Delete(Family::kSubjects, SnapshotKey(tenant_id, journey, suffix));
  }
  return status;
}

absl::StatusOr<projections::JourneyFold> NewestSnapshot(
    const Snapshot& store, absl::string_view tenant_id,
    const v1::Subject& journey, core::Micros before) {
  const std::string prefix = SnapshotPrefix(tenant_id, journey);
  std::string end = prefix;
  AppendInstant(before, end);
  std::string newest;
  absl::Status status =
      store.Scan(Family::kLists, prefix, end,
                 [&](absl::string_view key, absl::string_view) {
                   newest = std::string(key.substr(prefix.size()));
                   return true;
                 });
  if (!status.ok()) return status;
  projections::JourneyFold fold(journey);
  if (newest.empty()) return fold;
  auto* snapshot =
      google::protobuf::Arena::CreateMessage<storage::v1::JourneySnapshot>(
          fold.arena());
  const auto found = store.Get(
      Family::kSubjects, SnapshotKey(tenant_id, journey, newest), *snapshot);
  if (!found.ok()) return found.status();
  if (!*found) return core::DamagedError("views: a snapshot is missing");
  fold.state().Swap(snapshot->mutable_journey());
  for (storage::v1::DealState& deal : *snapshot->mutable_deals()) {
    const std::string deal_id = deal.deal_id();
    fold.DealOf(deal_id).Swap(&deal);
  }
  return fold;
}

}  // namespace journey::views
