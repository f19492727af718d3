#include <algorithm>

#include "absl/strings/str_cat.h"
#include "cli/enum_names.h"
#include "cli/instants.h"
#include "cli/invocation.h"
#include "cli/render.h"
#include "cli/text.h"

namespace journey::cli {
namespace {

// What a subject line needs at least to be worth a column.
constexpr size_t kSubjectWidthMin = 12;
constexpr size_t kGapWidth = 2;

std::string Ago(const google::protobuf::Timestamp& then, bool set, int64_t at) {
  if (!set) return "";
  return absl::StrCat(ShortInstant(then, true), " (",
                      ShortDuration(at - ToMicros(then)), ")");
}

// Without the subject line.
std::vector<std::string> CellsOf(const v1::Ticket& ticket, int64_t at) {
  return {ticket.ticket_id(),
          ticket.status() == v1::TICKET_STATUS_WAITING_ON_CUSTOMER
              ? "waiting"
              : ShortName(ticket.status()),
          ShortDuration(at - ToMicros(ticket.status_since())),
          ShortName(ticket.severity()),
          ShortName(ticket.type()),
          ticket.owner_id(),
          FormatSubject(ticket.journey())};
}

// How many columns are left beside rows with these cells.
size_t WidthBeside(const std::vector<std::vector<std::string>>& rows,
                   size_t columns) {
  size_t taken = 0;
  for (size_t i = 0; i < rows.front().size(); ++i) {
    size_t widest = 0;
    for (const auto& row : rows) {
      widest = std::max(widest, DisplayWidth(Printable(row[i])));
    }
    taken += widest + kGapWidth;
  }
  return columns > taken ? columns - taken : 0;
}

}  // namespace

void PrintTicket(const v1::Ticket& ticket, int64_t at, std::ostream& out) {
  Facts facts;
  facts.Add("Ticket", ticket.ticket_id());
  facts.Add("Subject", ticket.subject());
  facts.Add("Journey", FormatSubject(ticket.journey()));
  facts.Add("Status", absl::StrCat(ShortName(ticket.status()), " since ",
                                   Ago(ticket.status_since(), true, at)));
  facts.Add("Type", ShortName(ticket.type()));
  facts.Add("Severity", absl::StrCat(ShortName(ticket.severity()),
                                     ticket.escalated() ? ", escalated" : ""));
  facts.Add("Owner", ticket.owner_id());
  facts.Add("Opened", Ago(ticket.opened_at(), true, at));
  facts.Add("Resolved",
            Ago(ticket.resolved_at(), ticket.has_resolved_at(), at));
  facts.Add("Closed", Ago(ticket.closed_at(), ticket.has_closed_at(), at));
  if (ticket.reopen_count() > 0) {
    facts.Add("Opened again", absl::StrCat(ticket.reopen_count(), " times"));
  }
  facts.Add("Touchpoints", FormatCount(ticket.touchpoint_count()));
  facts.Add("Why", ticket.explanation().text());
  facts.Print(out);
}

void PrintTickets(const std::vector<v1::Ticket>& tickets, int64_t at,
                  int columns, std::ostream& out) {
  std::vector<std::string> headings = {"TICKET", "STATUS", ">FOR",   "SEVERITY",
                                       "TYPE",   "OWNER",  "JOURNEY"};
  std::vector<std::vector<std::string>> rows = {headings};
  for (const v1::Ticket& ticket : tickets) {
    rows.push_back(CellsOf(ticket, at));
  }
  const size_t beside = WidthBeside(rows, static_cast<size_t>(columns));
  const bool has_subject = beside >= kSubjectWidthMin;
  if (has_subject) headings.emplace_back("SUBJECT");
  Table table(headings);
  for (size_t i = 0; i < tickets.size(); ++i) {
    std::vector<std::string>& row = rows[i + 1];
    if (has_subject) {
      row.push_back(Truncate(Printable(tickets[i].subject()), beside));
    }
    table.AddRow(std::move(row));
  }
  table.Print(out);
}

}  // namespace journey::cli
