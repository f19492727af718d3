#include "service/views/ticket_queries.h"

#include <iterator>
#include <string>
#include <utility>

#include "absl/container/btree_map.h"
#include "absl/strings/str_cat.h"
#include "projections/ticket/ticket.h"
#include "service/core/errors.h"
#include "service/core/limits.h"
#include "service/core/touchpoint.h"
#include "service/views/keys.h"
#include "service/views/page.h"
#include "service/views/ticket_reader.h"

namespace journey::views {
namespace {

using storage::v1::TicketState;

// What does not depend on the ticket's journey.
bool Matches(const v1::ListTicketsRequest& request, const TicketState& ticket) {
  if (request.status() != v1::TICKET_STATUS_UNSPECIFIED &&
      ticket.status() != request.status()) {
    return false;
  }
  if (request.open() && !projections::IsOpen(ticket.status())) return false;
  if (request.has_status_since_by() &&
      ticket.status_moment().at_us() >
          core::ToMicros(request.status_since_by())) {
    return false;
  }
  if (request.severity() != v1::TicketChange::SEVERITY_UNSPECIFIED &&
      ticket.severity() != request.severity()) {
    return false;
  }
  if (request.type() != v1::TicketChange::TYPE_UNSPECIFIED &&
      ticket.type() != request.type()) {
    return false;
  }
  return request.owner_id().empty() || ticket.owner_id() == request.owner_id();
}

// A page of a list of tickets that is being read.
struct TicketPage {
  Reader& reader;
  const v1::ListTicketsRequest& request;
  // Only of this journey.
  const std::optional<v1::Subject>& journey;
  const Page& page;
  v1::ListTicketsResponse& response;
};

// The ticket at the instant, if the list has it.
absl::StatusOr<std::optional<v1::Ticket>> Listed(const TicketPage& list,
                                                 absl::string_view ticket_id) {
  std::optional<v1::Ticket> out;
  const auto ticket = TicketAt(list.reader, ticket_id);
  if (!ticket.ok()) return ticket.status();
  if (!ticket->has_value() || !Matches(list.request, **ticket)) return out;
  const auto journey = JourneyOfTicket(list.reader, **ticket);
  if (!journey.ok()) return journey.status();
  if (list.journey.has_value() &&
      core::RefOf(*journey) != core::RefOf(*list.journey)) {
    return out;
  }
  out = projections::ConcludeTicket(list.reader.rules(), **ticket, *journey);
  return out;
}

// Where a list of tickets is read: keys with `prefix` before `end`, each ending
// with the ticket's id.
struct ListRange {
  std::string name;
  std::string prefix;
  std::string end;
  // Bytes between the prefix and the id.
  size_t skip = 0;
};

// Those with conditions on the status come by its time.
bool IsByTime(const v1::ListTicketsRequest& request) {
  return request.open() || request.status() != v1::TICKET_STATUS_UNSPECIFIED;
}

// The narrowest index for the conditions. The present state is indexed; for a
// past instant all tickets are looked at.
ListRange RangeOf(const Reader& reader, const v1::ListTicketsRequest& request) {
  const std::string& tenant_id = reader.tenant_id();
  ListRange range;
  if (reader.is_past() || !IsByTime(request)) {
    range.name = "tickets";
    range.prefix = TicketPrefix(tenant_id);
    range.end = PrefixEnd(range.prefix);
    return range;
  }
  range.skip = sizeof(core::Micros);
  if (request.status() != v1::TICKET_STATUS_UNSPECIFIED) {
    range.name = "status";
    range.prefix = TicketStatusPrefix(tenant_id, request.status());
  } else {
    range.name = "open";
    range.prefix = OpenTicketPrefix(tenant_id);
  }
  if (request.has_status_since_by()) {
    range.end = range.prefix;
    AppendInstant(core::ToMicros(request.status_since_by()) + 1, range.end);
  } else {
    range.end = PrefixEnd(range.prefix);
  }
  return range;
}

// Fills a page from the index.
absl::Status ReadRange(const TicketPage& list) {
  const ListRange range = RangeOf(list.reader, list.request);
  absl::Status status = CheckList(list.page, range.name);
  if (!status.ok()) return status;
  PageBytes bytes;
  std::string last_key;
  bool is_cut = false;
  int scanned = 0;
  absl::Status scan = list.reader.snapshot().Scan(
      Family::kLists, FirstKey(list.page, range.prefix), range.end,
      [&](absl::string_view key, absl::string_view) {
        if (list.response.tickets_size() == list.page.size || bytes.is_full() ||
            scanned == core::kListEntriesScannedMax ||
            !list.reader.CheckBudget().ok()) {
          is_cut = true;
          return false;
        }
        ++scanned;
        key.remove_prefix(range.prefix.size());
        last_key = std::string(key);
        if (key.size() < range.skip) return true;
        auto ticket = Listed(list, key.substr(range.skip));
        status = ticket.status();
        if (status.ok() && ticket->has_value()) {
          bytes.Add(**ticket);
          *list.response.add_tickets() = **std::move(ticket);
        }
        return status.ok();
      });
  if (!status.ok()) return status;
  if (is_cut) {
    list.response.set_next_page_token(
        NextPageToken(list.page, range.name, last_key));
  }
  return scan;
}

// Fills a page from all tickets of one journey: of those behind the page
// before, the first are kept, in the order of the index.
absl::Status ReadJourney(const TicketPage& list) {
  constexpr char kName[] = "journey";
  absl::Status status = CheckList(list.page, kName);
  if (!status.ok()) return status;
  absl::btree_map<std::string, v1::Ticket> first;
  status = ForEachTicketOf(
      list.reader, *list.journey, [&](absl::string_view ticket_id) {
        auto ticket = Listed(list, ticket_id);
        if (!ticket.ok()) return ticket.status();
        if (!ticket->has_value()) return list.reader.CheckBudget();
        std::string key;
        if (IsByTime(list.request)) {
          AppendInstant(core::ToMicros((*ticket)->status_since()), key);
        }
        absl::StrAppend(&key, ticket_id);
        if (key > list.page.after) {
          first.emplace(std::move(key), **std::move(ticket));
        }
        // One more than the page holds tells that there are more.
        if (first.size() > static_cast<size_t>(list.page.size) + 1) {
          first.erase(std::prev(first.end()));
        }
        return list.reader.CheckBudget();
      });
  if (!status.ok()) return status;
  PageBytes bytes;
  std::string last_key;
  for (auto& [key, ticket] : first) {
    if (list.response.tickets_size() == list.page.size || bytes.is_full()) {
      list.response.set_next_page_token(
          NextPageToken(list.page, kName, last_key));
      break;
    }
    last_key = key;
    bytes.Add(ticket);
    *list.response.add_tickets() = std::move(ticket);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::GetTicketResponse> GetTicket(
    const QueryContext& context, const v1::GetTicketRequest& request) {
  const auto reader = Reader::Make(context, request.tenant_id(), AsOf(request),
                                   context.clock->Now());
  if (!reader.ok()) return reader.status();
  const auto ticket = TicketAt(**reader, request.ticket_id());
  if (!ticket.ok()) return ticket.status();
  if (!ticket->has_value()) {
    return core::MakeError(
        absl::StatusCode::kNotFound, v1::ERROR_REASON_TICKET_NOT_FOUND,
        absl::StrCat("ticket ", request.ticket_id(),
                     " is not known by the instant asked for"));
  }
  const auto journey = JourneyOfTicket(**reader, **ticket);
  if (!journey.ok()) return journey.status();
  v1::GetTicketResponse response;
  *response.mutable_ticket() =
      projections::ConcludeTicket((*reader)->rules(), **ticket, *journey);
  response.set_log_position((*reader)->log_position());
  return response;
}

absl::StatusOr<v1::ListTicketsResponse> ListTickets(
    const QueryContext& context, const v1::ListTicketsRequest& request) {
  const auto page = PageOf(request, context.clock->Now());
  if (!page.ok()) return page.status();
  const auto reader =
      Reader::Make(context, request.tenant_id(), AsOf(request), page->now);
  if (!reader.ok()) return reader.status();
  v1::ListTicketsResponse response;
  response.set_log_position((*reader)->log_position());
  absl::StatusOr<std::optional<v1::Subject>> journey = std::nullopt;
  if (request.has_subject()) {
    journey = (*reader)->JourneyOf(request.subject());
    if (!journey.ok()) return journey.status();
    // A deal that is not known has no tickets.
    if (!journey->has_value()) return response;
  }
  const TicketPage list{**reader, request, *journey, *page, response};
  const absl::Status status = journey->has_value() && !(*reader)->is_past()
                                  ? ReadJourney(list)
                                  : ReadRange(list);
  if (!status.ok()) return status;
  return response;
}

}  // namespace journey::views
