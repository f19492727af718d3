#include "service/views/ticket_reader.h"

#include <string>
#include <utility>

#include "projections/ticket/ticket.h"
#include "service/core/touchpoint.h"
#include "service/views/keys.h"
#include "service/views/lists.h"
#include "service/views/touchpoint_index.h"

namespace journey::views {

using storage::v1::TicketState;

absl::StatusOr<std::optional<TicketState>> TicketAt(
    Reader& reader, absl::string_view ticket_id) {
  if (absl::Status wanted = reader.CheckWanted(); !wanted.ok()) return wanted;
  std::optional<TicketState> out;
  storage::v1::TicketRecord record;
  const auto found = reader.snapshot().Get(
      Family::kSubjects, TicketKey(reader.tenant_id(), ticket_id), record);
  if (!found.ok()) return found.status();
  TicketState& ticket = *record.mutable_ticket();
  const core::Micros until = reader.as_of().value_or(core::kNever);
  if (ticket.touchpoint_count() == 0 || ticket.opened().at_us() > until) {
    return out;
  }
  if (ticket.newest().at_us() > until) {
    auto rows = TouchpointsOfTicket(reader.source(), reader.tenant_id(),
                                    ticket_id, until);
    if (!rows.ok()) return rows.status();
    reader.CountRefolded(static_cast<int64_t>(rows->size()));
    ticket.Clear();
    const absl::Status status = reader.VisitInOrder(
        *std::move(rows),
        [&](const v1::Touchpoint& touchpoint) {
          projections::ApplyToTicket(touchpoint, ticket);
          return absl::OkStatus();
        },
        [] {});
    if (!status.ok()) return status;
  }
  out = std::move(ticket);
  return out;
}

absl::StatusOr<v1::Subject> JourneyOfTicket(Reader& reader,
                                            const TicketState& ticket) {
  const v1::Subject subject = core::ToSubject(SubjectOfTicket(ticket));
  if (subject.type() != v1::SUBJECT_TYPE_DEAL) {
    return reader.resolver().JourneyOf(subject, ticket.newest().at_us());
  }
  const auto journey = reader.JourneyOf(subject);
  if (!journey.ok()) return journey.status();
  return journey->value_or(subject);
}

absl::Status ForEachTicketOf(
    Reader& reader, const v1::Subject& journey,
    absl::FunctionRef<absl::Status(absl::string_view ticket_id)> visit) {
  auto subjects = reader.resolver().MembersOf(journey);
  if (!subjects.ok()) return subjects.status();
  const auto deals =
      DealsOfJourney(reader.source(), reader.tenant_id(), journey, /*from=*/0);
  if (!deals.ok()) return deals.status();
  for (const std::string& deal_id : *deals) {
    subjects->push_back(core::ToSubject({v1::SUBJECT_TYPE_DEAL, deal_id}));
  }
  for (const v1::Subject& subject : *subjects) {
    absl::Status status;
    absl::Status scan = reader.ScanLists(
        TicketsOfPrefix(reader.tenant_id(), core::RefOf(subject)),
        [&](absl::string_view ticket_id, absl::string_view) {
          status = visit(ticket_id);
          return status.ok();
        });
    if (!status.ok()) return status;
    if (!scan.ok()) return scan;
  }
  return absl::OkStatus();
}

}  // namespace journey::views
