#include "service/views/deal_reader.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "service/views/keys.h"
#include "service/views/lists.h"

namespace journey::views {
namespace {

// Folded journeys kept at once, so that a query's memory is bounded.
constexpr size_t kFoldsKeptMax = 1000;

}  // namespace

absl::StatusOr<std::optional<PlacedDeal>> DealReader::At(
    absl::string_view deal_id, storage::v1::DealRecord record) {
  if (const absl::Status wanted = reader_.CheckWanted(); !wanted.ok()) {
    return wanted;
  }
  const auto journey = reader_.JourneyOfDeal(deal_id, record);
  if (!journey.ok()) return journey.status();
  if (reader_.is_known_then()) {
    return FromFold(std::string(deal_id), *journey);
  }
  std::optional<PlacedDeal> out;
  if (record.deal().status() == v1::DEAL_STATUS_UNSPECIFIED) return out;
  std::optional<core::Micros> instant = reader_.CommonInstant();
  if (!instant.has_value() || reader_.is_past()) {
    auto subject = reader_.SubjectRecordOf(*journey);
    if (!subject.ok()) return subject.status();
    const core::Micros newest = subject->journey().newest().at_us();
    instant = reader_.InstantFor(newest);
    if (*instant < newest) {
      return FromFold(std::string(deal_id), *journey);
    }
  }
  out.emplace();
  out->state.Swap(record.mutable_deal());
  out->journey = *journey;
  out->instant = *instant;
  return out;
}

absl::StatusOr<std::optional<PlacedDeal>> DealReader::FromFold(
    const std::string& deal_id, const v1::Subject& journey) {
  const std::string key = SubjectKey(reader_.tenant_id(), journey);
  auto it = folds_.find(key);
  if (it == folds_.end()) {
    auto fold = reader_.Fold(journey);
    if (!fold.ok()) return fold.status();
    if (folds_.size() == kFoldsKeptMax) folds_.clear();
    it = folds_.emplace(key, *std::move(fold)).first;
  }
  std::optional<PlacedDeal> out;
  if (!it->second.has_value()) return out;
  const auto& deals = it->second->fold.deals();
  const auto deal = deals.find(deal_id);
  if (deal == deals.end() ||
      deal->second.state->status() == v1::DEAL_STATUS_UNSPECIFIED) {
    return out;
  }
  out = PlacedDeal{*deal->second.state, journey, it->second->instant};
  return out;
}

absl::Status DealReader::ForEach(
    absl::string_view after,
    const std::function<bool(const std::string&, storage::v1::DealRecord)>&
        visit) {
  const std::string prefix = DealPrefix(reader_.tenant_id());
  std::string first = absl::StrCat(prefix, after);
  if (!after.empty()) first.push_back('\0');
  absl::Status status;
  const absl::Status scan = reader_.snapshot().Scan(
      Family::kLists, first, PrefixEnd(prefix),
      [&](absl::string_view key, absl::string_view) {
        const std::string deal_id(key.substr(prefix.size()));
        auto record = reader_.DealRecordOf(deal_id);
        status = record.status();
        if (!status.ok()) return false;
        return !record->has_value() || visit(deal_id, **std::move(record));
      });
  return status.ok() ? scan : status;
}

absl::Status DealReader::ForEachOpen(
    const std::function<void(const PlacedDeal&)>& visit) {
  absl::Status status;
  const absl::Status scan = ForEach("", [&](const std::string& deal_id,
                                            storage::v1::DealRecord record) {
    const auto deal = At(deal_id, std::move(record));
    status = deal.ok() ? reader_.CheckBudget() : deal.status();
    if (!status.ok()) return false;
    if (deal->has_value() && (*deal)->state.status() == v1::DEAL_STATUS_OPEN) {
      visit(**deal);
    }
    return true;
  });
  return status.ok() ? scan : status;
}

absl::Status DealReader::ForEachOpenIn(
    absl::string_view pipeline_id,
    const std::function<void(const PlacedDeal&)>& visit) {
  if (reader_.is_past()) {
    return ForEachOpen([&](const PlacedDeal& deal) {
      if (deal.state.pipeline_id() == pipeline_id) visit(deal);
    });
  }
  std::vector<std::string> deal_ids;
  absl::Status scan =
      reader_.ScanLists(OpenDealPrefix(reader_.tenant_id(), pipeline_id),
                        [&](absl::string_view suffix, absl::string_view) {
                          deal_ids.emplace_back(suffix);
                          return true;
                        });
  if (!scan.ok()) return scan;
  for (const std::string& deal_id : deal_ids) {
    auto record = reader_.DealRecordOf(deal_id);
    if (!record.ok()) return record.status();
    if (!record->has_value()) continue;
    const auto deal = At(deal_id, **std::move(record));
    absl::Status status = deal.ok() ? reader_.CheckBudget() : deal.status();
    if (!status.ok()) return status;
    if (deal->has_value()) visit(**deal);
  }
  return absl::OkStatus();
}

}  // namespace journey::views
