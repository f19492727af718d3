// Tickets at the instant that a query asks for.
#ifndef SERVICE_VIEWS_TICKET_READER_H_
#define SERVICE_VIEWS_TICKET_READER_H_

#include <optional>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "journey/storage/v1/views.pb.h"
#include "journey/v1/common.pb.h"
#include "service/views/reader.h"

namespace journey::views {

// The ticket at the instant asked for; unset when none of its touchpoints had
// occurred by then. A past instant folds it again where it has changed since.
absl::StatusOr<std::optional<storage::v1::TicketState>> TicketAt(
    Reader& reader, absl::string_view ticket_id);

// The journey that a ticket belongs to: that of its newest touchpoint, by the
// links known now.
absl::StatusOr<v1::Subject> JourneyOfTicket(
    Reader& reader, const storage::v1::TicketState& ticket);

// Visits the tickets that may belong to a journey now, in any order, some of
// them twice. Ends with the error that `visit` returns.
absl::Status ForEachTicketOf(
    Reader& reader, const v1::Subject& journey,
    absl::FunctionRef<absl::Status(absl::string_view ticket_id)> visit);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_TICKET_READER_H_
