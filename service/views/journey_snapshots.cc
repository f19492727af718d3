#include "service/views/journey_snapshots.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
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

// Under which the deals are kept that are not open then.
std::string DealsKey(absl::string_view tenant_id, const v1::Subject& journey,
                     absl::string_view suffix) {
  return absl::StrCat(SnapshotKey(tenant_id, journey, suffix), "d");
}

std::string SuffixOf(const storage::v1::JourneyState& journey) {
  std::string suffix;
  AppendInstant(journey.newest().at_us(), suffix);
  core::AppendBigEndian(static_cast<uint64_t>(journey.touchpoint_count()),
                        suffix);
  return suffix;
}

// The suffixes of the snapshots before `end` (empty: of all), the oldest first.
absl::StatusOr<std::vector<std::string>> SuffixesBefore(
    const Snapshot& store, absl::string_view tenant_id,
    const v1::Subject& journey, absl::string_view end) {
  const std::string prefix = SnapshotPrefix(tenant_id, journey);
  std::vector<std::string> suffixes;
  const absl::Status status =
      store.Scan(Family::kLists, prefix,
                 end.empty() ? PrefixEnd(prefix) : absl::StrCat(prefix, end),
                 [&](absl::string_view key, absl::string_view) {
                   suffixes.emplace_back(key.substr(prefix.size()));
                   return true;
                 });
  if (!status.ok()) return status;
  return suffixes;
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
  storage::v1::SnapshotDeals others;
  absl::flat_hash_set<absl::string_view> open_deal_ids;
  for (const auto& open : journey.open_deals()) {
    open_deal_ids.insert(open.deal_id());
  }
  for (const storage::v1::DealState* deal : deals) {
    if (open_deal_ids.contains(deal->deal_id())) {
      *snapshot.add_deals() = *deal;
    } else {
      auto* other = others.add_deals();
      other->set_deal_id(deal->deal_id());
      deal->SerializeToString(other->mutable_state());
    }
  }
  const auto bytes = static_cast<int64_t>(
      journey.ByteSizeLong() + snapshot.ByteSizeLong() + others.ByteSizeLong());
  journey.set_next_snapshot_count(
      journey.touchpoint_count() +
      std::max<int64_t>(touchpoints, bytes / kBytesPerTouchpoint));
  journey.clear_left_out_deal_ids();
  *snapshot.mutable_journey() = journey;
  const std::string suffix = SuffixOf(journey);
  update.Put(Family::kLists,
             absl::StrCat(SnapshotPrefix(tenant_id, journey.subject()), suffix),
             "");
  update.Put(Family::kSubjects,
             SnapshotKey(tenant_id, journey.subject(), suffix),
             snapshot.SerializeAsString());
  if (others.deals().empty()) return;
  update.Put(Family::kSubjects, DealsKey(tenant_id, journey.subject(), suffix),
             others.SerializeAsString());
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
    update.Delete(Family::kSubjects, DealsKey(tenant_id, journey, suffix));
  }
  return status;
}

absl::StatusOr<core::Micros> NewestSnapshotInstant(const Snapshot& store,
                                                   absl::string_view tenant_id,
                                                   const v1::Subject& journey) {
  const auto suffixes = SuffixesBefore(store, tenant_id, journey, "");
  if (!suffixes.ok()) return suffixes.status();
  core::Micros instant = 0;
  if (suffixes->empty()) return instant;
  absl::string_view suffix = suffixes->back();
  if (!ConsumeInstant(suffix, instant)) {
    return core::DamagedError("views: an entry of a list is damaged");
  }
  return instant;
}

absl::StatusOr<projections::JourneyFold> NewestSnapshot(
    const Snapshot& store, absl::string_view tenant_id,
    const v1::Subject& journey, core::Micros before) {
  std::string end;
  AppendInstant(before, end);
  const auto suffixes = SuffixesBefore(store, tenant_id, journey, end);
  if (!suffixes.ok()) return suffixes.status();
  projections::JourneyFold fold(journey);
  if (suffixes->empty()) return fold;
  const std::string& newest = suffixes->back();
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

absl::Status AddOtherDeals(
    const Snapshot& store, absl::string_view tenant_id,
    absl::FunctionRef<bool(const std::string& deal_id)> wanted,
    projections::JourneyFold& fold) {
  const v1::Subject& journey = fold.state().subject();
  const auto suffixes = SuffixesBefore(store, tenant_id, journey,
                                       PrefixEnd(SuffixOf(fold.state())));
  if (!suffixes.ok()) return suffixes.status();
  // The newest snapshot that has a deal knows it as it is.
  for (auto suffix = suffixes->rbegin(); suffix != suffixes->rend(); ++suffix) {
    storage::v1::SnapshotDeals others;
    const auto found = store.Get(Family::kSubjects,
                                 DealsKey(tenant_id, journey, *suffix), others);
    if (!found.ok()) return found.status();
    for (const storage::v1::SnapshotDeal& other : others.deals()) {
      if (fold.deals().contains(other.deal_id()) || !wanted(other.deal_id())) {
        continue;
      }
      absl::Status status = Parse(other.state(), fold.DealOf(other.deal_id()));
      if (!status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

}  // namespace journey::views
