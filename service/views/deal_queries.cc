#include "service/views/deal_queries.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

#include "absl/container/btree_map.h"
#include "absl/strings/str_cat.h"
#include "projections/conclude.h"
#include "projections/deal/deal.h"
#include "projections/stall/stall.h"
#include "service/core/errors.h"
#include "service/core/limits.h"
#include "service/views/board.h"
#include "service/views/deal_reader.h"
#include "service/views/keys.h"
#include "service/views/page.h"
#include "service/views/rule_conditions.h"

namespace journey::views {
namespace {

v1::Deal Conclude(const Reader& reader, const PlacedDeal& deal) {
  return projections::ConcludeDeal(reader.rules(), deal.state, deal.journey,
                                   deal.instant);
}

// The conditions that ListDeals and ListStalledDeals share.
template <typename Request>
bool MatchesPlace(const Request& request, const storage::v1::DealState& deal) {
  if (!request.pipeline_id().empty() &&
      deal.pipeline_id() != request.pipeline_id()) {
    return false;
  }
  if (!request.stage_id().empty() &&
      projections::CurrentStageId(deal) != request.stage_id()) {
    return false;
  }
  return request.owner_id().empty() ||
         projections::OwnerOf(deal) == request.owner_id();
}

// `journey` is that of the account asked for, if one is.
bool Matches(const v1::ListDealsRequest& request,
             const std::optional<v1::Subject>& journey,
             const PlacedDeal& deal) {
  if (request.status() != v1::DEAL_STATUS_UNSPECIFIED &&
      deal.state.status() != request.status()) {
    return false;
  }
  if (journey.has_value() &&
      !(core::RefOf(deal.journey) == core::RefOf(*journey))) {
    return false;
  }
  return MatchesPlace(request, deal.state);
}

bool Matches(const v1::ListStalledDealsRequest& request, const PlacedDeal& deal,
             v1::StallReason reason) {
  const auto& reasons = request.reasons();
  if (!reasons.empty() &&
      std::find(reasons.begin(), reasons.end(), reason) == reasons.end()) {
    return false;
  }
  return MatchesPlace(request, deal.state);
}

const v1::Stall* FindStall(const v1::Deal& deal, const StallEntry& entry) {
  for (const v1::Stall& stall : deal.stalls()) {
    if (stall.reason() == entry.reason &&
        core::ToMicros(stall.since()) == entry.since) {
      return &stall;
    }
  }
  return nullptr;
}

// Adds the stall of one index entry, if it is what the deal's state calls for.
void AddStalled(const Reader& reader, const PlacedDeal& deal,
                const StallEntry& entry,
                v1::ListStalledDealsResponse& response) {
  v1::Deal concluded = Conclude(reader, deal);
  const v1::Stall* stall = FindStall(concluded, entry);
  if (stall == nullptr) return;
  auto* row = response.add_stalled_deals();
  *row->mutable_stall() = *stall;
  *row->mutable_deal() = std::move(concluded);
}

absl::Status AddIndexed(Reader& reader, DealReader& deals,
                        const v1::ListStalledDealsRequest& request,
                        const StallEntry& entry,
                        v1::ListStalledDealsResponse& response) {
  auto record = reader.DealRecordOf(entry.deal_id);
  if (!record.ok()) return record.status();
  if (!record->has_value()) return absl::OkStatus();
  const auto deal = deals.At(entry.deal_id, **std::move(record));
  if (!deal.ok()) return deal.status();
  if (!deal->has_value() || !Matches(request, **deal, entry.reason)) {
    return absl::OkStatus();
  }
  AddStalled(reader, **deal, entry, response);
  return absl::OkStatus();
}

// Reads the stalls that have fallen due, from the index.
absl::Status ListPresentStalls(Reader& reader,
                               const v1::ListStalledDealsRequest& request,
                               const Page& page,
                               v1::ListStalledDealsResponse& response) {
  absl::Status status = CheckList(page, "present");
  if (!status.ok()) return status;
  const std::string prefix = StallPrefix(reader.tenant_id());
  std::string end = prefix;
  // Where a touchpoint lies in the future, its journey is seen at that time.
  AppendInstant(reader.InstantFor(reader.tenant().newest_occurred_us()) + 1,
                end);
  DealReader deals(reader);
  PageBytes bytes;
  std::string last_key;
  bool is_cut = false;
  int scanned = 0;
  absl::Status scan = reader.snapshot().Scan(
      Family::kLists, FirstKey(page, prefix), end,
      [&](absl::string_view key, absl::string_view) {
        if (response.stalled_deals_size() == page.size || bytes.is_full() ||
            scanned == core::kListEntriesScannedMax) {
          is_cut = true;
          return false;
        }
        ++scanned;
        key.remove_prefix(prefix.size());
        last_key = std::string(key);
        const int before = response.stalled_deals_size();
        const auto entry = ParseStall(key);
        if (entry.has_value()) {
          status = AddIndexed(reader, deals, request, *entry, response);
        }
        if (response.stalled_deals_size() > before) {
          bytes.Add(response.stalled_deals(before));
        }
        return status.ok();
      });
  if (!status.ok()) return status;
  if (is_cut) {
    response.set_next_page_token(NextPageToken(page, "present", last_key));
  }
  return scan;
}

// The first stalls of a list that begins behind a key, in the order of the
// index, each with its deal: one more than a page holds.
class FirstStalls {
 public:
  // By what follows the list's prefix in a key of the index.
  using Deals = absl::btree_map<std::string, std::shared_ptr<const PlacedDeal>>;

  FirstStalls(const Reader& reader, const v1::ListStalledDealsRequest& request,
              const Page& page)
      : reader_(reader), request_(request), page_(page) {}

  // Adds the stalls of one deal that match.
  void Add(const PlacedDeal& deal) {
    std::shared_ptr<const PlacedDeal> kept;
    for (const v1::Stall& stall :
         projections::StallsAt(reader_.rules(), deal.state, deal.instant)) {
      if (!Matches(request_, deal, stall.reason())) continue;
      std::string key =
          StallKey(reader_.tenant_id(), core::ToMicros(stall.since()),
                   deal.state.deal_id(), stall.reason())
              .substr(StallPrefix(reader_.tenant_id()).size());
      const bool is_full = deals_.size() > static_cast<size_t>(page_.size);
      if (key <= page_.after || (is_full && key > deals_.rbegin()->first)) {
        continue;
      }
      if (kept == nullptr) kept = std::make_shared<const PlacedDeal>(deal);
      deals_.emplace(std::move(key), kept);
      if (is_full) deals_.erase(std::prev(deals_.end()));
    }
  }

  [[nodiscard]] const Deals& deals() const { return deals_; }

 private:
  const Reader& reader_;
  const v1::ListStalledDealsRequest& request_;
  const Page& page_;
  Deals deals_;
};

// Folds what a past instant needs, then lists as the index would.
absl::Status ListPastStalls(Reader& reader,
                            const v1::ListStalledDealsRequest& request,
                            const Page& page,
                            v1::ListStalledDealsResponse& response) {
  if (absl::Status status = CheckList(page, "past"); !status.ok()) {
    return status;
  }
  FirstStalls first(reader, request, page);
  absl::Status status = DealReader(reader).ForEachOpen(
      [&](const PlacedDeal& deal) { first.Add(deal); });
  if (!status.ok()) return status;
  PageBytes bytes;
  std::string last_key;
  for (const auto& [key, deal] : first.deals()) {
    if (response.stalled_deals_size() == page.size || bytes.is_full()) {
      response.set_next_page_token(NextPageToken(page, "past", last_key));
      break;
    }
    last_key = key;
    AddStalled(reader, *deal, *ParseStall(key), response);
    bytes.Add(*response.stalled_deals().rbegin());
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::GetDealResponse> GetDeal(const QueryContext& context,
                                            const v1::GetDealRequest& request) {
  const auto reader = Reader::Make(context, request.tenant_id(), AsOf(request),
                                   context.clock->Now(), KnownAt(request));
  if (!reader.ok()) return reader.status();
  auto record = (*reader)->DealRecordOf(request.deal_id());
  if (!record.ok()) return record.status();
  absl::StatusOr<std::optional<PlacedDeal>> deal = std::nullopt;
  if (record->has_value()) {
    deal = DealReader(**reader).At(request.deal_id(), **std::move(record));
  }
  if (!deal.ok()) return deal.status();
  if (!deal->has_value()) {
    return core::MakeError(
        absl::StatusCode::kNotFound, v1::ERROR_REASON_DEAL_NOT_FOUND,
        absl::StrCat("deal ", request.deal_id(),
                     " is not known by the instant asked for"));
  }
  v1::GetDealResponse response;
  *response.mutable_deal() = Conclude(**reader, **deal);
  response.set_log_position((*reader)->log_position());
  return response;
}

absl::StatusOr<v1::ListDealsResponse> ListDeals(
    const QueryContext& context, const v1::ListDealsRequest& request) {
  const auto page = PageOf(request, context.clock->Now());
  if (!page.ok()) return page.status();
  const auto reader =
      Reader::Make(context, request.tenant_id(), AsOf(request), page->now);
  if (!reader.ok()) return reader.status();
  absl::StatusOr<std::optional<v1::Subject>> journey = std::nullopt;
  if (!request.account_id().empty()) {
    journey = (*reader)->JourneyOf(
        core::ToSubject({v1::SUBJECT_TYPE_ACCOUNT, request.account_id()}));
  }
  if (!journey.ok()) return journey.status();
  DealReader deals(**reader);
  v1::ListDealsResponse response;
  absl::Status status;
  std::string last_id;
  PageBytes bytes;
  bool is_cut = false;
  int scanned = 0;
  const absl::Status scan = deals.ForEach(
      page->after,
      [&](const std::string& deal_id, storage::v1::DealRecord record) {
        if (response.deals_size() == page->size || bytes.is_full() ||
            scanned == core::kListEntriesScannedMax ||
            !(*reader)->CheckBudget().ok()) {
          is_cut = true;
          return false;
        }
        ++scanned;
        last_id = deal_id;
        const auto deal = deals.At(deal_id, std::move(record));
        status = deal.status();
        if (!status.ok()) return false;
        if (deal->has_value() && Matches(request, *journey, **deal)) {
          *response.add_deals() = Conclude(**reader, **deal);
          bytes.Add(response.deals(response.deals_size() - 1));
        }
        return true;
      });
  if (!status.ok()) return status;
  if (!scan.ok()) return scan;
  if (is_cut) {
    response.set_next_page_token(NextPageToken(*page, "deals", last_id));
  } else if (response.deals().empty() && page->after.empty()) {
    status = CheckPlace((*reader)->rules(), request.pipeline_id(),
                        request.stage_id());
    if (!status.ok()) return status;
  }
  response.set_log_position((*reader)->log_position());
  return response;
}

absl::StatusOr<v1::ListStalledDealsResponse> ListStalledDeals(
    const QueryContext& context, const v1::ListStalledDealsRequest& request) {
  const auto page = PageOf(request, context.clock->Now());
  if (!page.ok()) return page.status();
  const auto reader =
      Reader::Make(context, request.tenant_id(), AsOf(request), page->now);
  if (!reader.ok()) return reader.status();
  v1::ListStalledDealsResponse response;
  absl::Status status =
      (*reader)->is_past()
          ? ListPastStalls(**reader, request, *page, response)
          : ListPresentStalls(**reader, request, *page, response);
  if (!status.ok()) return status;
  if (response.stalled_deals().empty() && page->after.empty() &&
      response.next_page_token().empty()) {
    status = CheckPlace((*reader)->rules(), request.pipeline_id(),
                        request.stage_id());
    if (!status.ok()) return status;
  }
  response.set_log_position((*reader)->log_position());
  return response;
}

absl::StatusOr<v1::GetBoardResponse> GetBoard(
    const QueryContext& context, const v1::GetBoardRequest& request) {
  const auto reader = Reader::Make(context, request.tenant_id(), AsOf(request),
                                   context.clock->Now());
  if (!reader.ok()) return reader.status();
  const projections::Rules& rules = (*reader)->rules();
  const std::string pipeline_id = request.pipeline_id().empty()
                                      ? rules.rule_set().pipelines(0).id()
                                      : request.pipeline_id();
  BoardBuilder board(rules, pipeline_id, request.deals_per_column());
  DealReader deals(**reader);
  const absl::Status status =
      deals.ForEachOpenIn(pipeline_id, [&](const PlacedDeal& deal) {
        if (request.owner_id().empty() ||
            projections::OwnerOf(deal.state) == request.owner_id()) {
          board.Add(deal);
        }
      });
  if (!status.ok()) return status;
  if (rules.FindPipeline(pipeline_id) == nullptr && board.is_empty()) {
    return core::MakeError(
        absl::StatusCode::kNotFound, v1::ERROR_REASON_PIPELINE_NOT_FOUND,
        absl::StrCat("neither the rule set nor an open deal knows pipeline ",
                     core::Quoted(pipeline_id), "; the rule set has ",
                     PipelineIds(rules)));
  }
  v1::GetBoardResponse response = board.Build();
  response.set_log_position((*reader)->log_position());
  return response;
}

}  // namespace journey::views
