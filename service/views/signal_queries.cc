#include "service/views/signal_queries.h"

#include <optional>
#include <string>
#include <utility>

#include "service/core/errors.h"
#include "service/core/limits.h"
#include "service/core/signal_filter.h"
#include "service/core/signal_log.h"
#include "service/views/keys.h"
#include "service/views/page.h"
#include "service/views/signal_keys.h"

namespace journey::views {
namespace {

bool MatchesHandling(v1::SignalHandling wanted, v1::SignalHandling handling) {
  if (wanted != v1::SIGNAL_HANDLING_UNSPECIFIED) return handling == wanted;
  return handling != v1::SIGNAL_HANDLING_FINISHED &&
         handling != v1::SIGNAL_HANDLING_DISMISSED;
}

// Only signals of the open list can match.
bool AsksForOpenOnly(const v1::ListSignalsRequest& request) {
  return !request.include_withdrawn() && !request.include_historical() &&
         request.handling() != v1::SIGNAL_HANDLING_FINISHED &&
         request.handling() != v1::SIGNAL_HANDLING_DISMISSED;
}

// The list that a request is read from.
struct SignalRange {
  std::string name;
  std::string prefix;
};

SignalRange RangeOf(const v1::ListSignalsRequest& request) {
  const std::string& tenant_id = request.tenant_id();
  if (!AsksForOpenOnly(request)) return {"all", AllSignalsPrefix(tenant_id)};
  if (request.filter().owner_ids_size() == 1) {
    return {"owner",
            OwnedSignalsPrefix(tenant_id, request.filter().owner_ids(0))};
  }
  return {"open", OpenSignalsPrefix(tenant_id)};
}

// Lists signals for one request.
class SignalLister {
 public:
  SignalLister(Reader& reader, const v1::ListSignalsRequest& request)
      : reader_(reader), request_(request) {}

  // Finds out which journey is asked for, if one is. False for a subject that
  // is not known, which has no signals.
  absl::StatusOr<bool> Begin() {
    if (!request_.has_subject()) return true;
    auto journey = reader_.JourneyOf(request_.subject());
    if (!journey.ok()) return journey.status();
    journey_ = *std::move(journey);
    return journey_.has_value();
  }

  // The signal, if it is one of those asked for, with its present journey.
  absl::StatusOr<std::optional<v1::Signal>> Load(const std::string& id) {
    std::optional<v1::Signal> out(std::in_place);
    const auto found = reader_.snapshot().Get(
        Family::kLists, SignalKey(reader_.tenant_id(), id), *out);
    if (!found.ok()) return found.status();
    if (!*found || !MatchesItself(*out)) return std::optional<v1::Signal>();
    // The deal may have moved, or accounts been merged, since it was announced.
    auto journey = reader_.JourneyOf(HomeOf(*out));
    if (!journey.ok()) return journey.status();
    if (journey->has_value()) *out->mutable_journey() = **std::move(journey);
    if (journey_.has_value() &&
        !(core::RefOf(out->journey()) == core::RefOf(*journey_))) {
      return std::optional<v1::Signal>();
    }
    return out;
  }

 private:
  static v1::Subject HomeOf(const v1::Signal& signal) {
    if (signal.deal_id().empty()) return signal.journey();
    v1::Subject deal;
    deal.set_type(v1::SUBJECT_TYPE_DEAL);
    deal.set_id(signal.deal_id());
    return deal;
  }

  bool MatchesItself(const v1::Signal& signal) const {
    if (!request_.include_withdrawn() && !signal.in_force()) return false;
    if (!request_.include_historical() && signal.historical()) return false;
    if (!request_.deal_id().empty() && signal.deal_id() != request_.deal_id()) {
      return false;
    }
    return MatchesHandling(request_.handling(), signal.handling()) &&
           core::Matches(request_.filter(), signal);
  }

  Reader& reader_;
  const v1::ListSignalsRequest& request_;
  std::optional<v1::Subject> journey_;
};

// Fills a page from the narrowest list.
absl::Status ReadPage(Reader& reader, const v1::ListSignalsRequest& request,
                      const Page& page, SignalLister& lister,
                      v1::ListSignalsResponse& response) {
  const SignalRange range = RangeOf(request);
  PageBytes bytes;
  std::string last_key;
  bool is_cut = false;
  int scanned = 0;
  absl::Status status;
  const absl::Status scan = reader.snapshot().Scan(
      Family::kLists, FirstKey(page, range.prefix), PrefixEnd(range.prefix),
      [&](absl::string_view key, absl::string_view) {
        if (response.signals_size() == page.size || bytes.is_full() ||
            scanned == core::kListEntriesScannedMax ||
            !reader.CheckBudget().ok()) {
          is_cut = true;
          return false;
        }
        ++scanned;
        status = reader.CheckWanted();
        if (!status.ok()) return false;
        key.remove_prefix(range.prefix.size());
        last_key = std::string(key);
        const auto entry = ParseSignalList(key);
        if (!entry.has_value()) {
          status = core::DamagedError("views: a key of a list is damaged");
          return false;
        }
        auto signal = lister.Load(entry->signal_id);
        status = signal.status();
        if (status.ok() && signal->has_value()) {
          bytes.Add(**signal);
          *response.add_signals() = **std::move(signal);
        }
        return status.ok();
      });
  if (is_cut) {
    response.set_next_page_token(NextPageToken(page, range.name, last_key));
  }
  return status.ok() ? scan : status;
}

}  // namespace

absl::StatusOr<v1::ListSignalsResponse> ListSignals(
    const QueryContext& context, const v1::ListSignalsRequest& request) {
  const auto page = PageOf(request, context.clock->Now());
  if (!page.ok()) return page.status();
  const auto reader =
      Reader::Make(context, request.tenant_id(), std::nullopt, page->now);
  if (!reader.ok()) return reader.status();
  v1::ListSignalsResponse response;
  SignalLister lister(**reader, request);
  const auto is_known = lister.Begin();
  if (!is_known.ok()) return is_known.status();
  if (*is_known) {
    const absl::Status status =
        ReadPage(**reader, request, *page, lister, response);
    if (!status.ok()) return status;
  }
  storage::v1::TenantRecord log;
  const auto found = (*reader)->snapshot().Get(
      Family::kDefault, TenantKey(core::SignalLogOf(request.tenant_id())), log);
  if (!found.ok()) return found.status();
  response.set_signal_position(log.head_position());
  return response;
}

}  // namespace journey::views
