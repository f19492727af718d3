#include "service/views/digest.h"

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "projections/conclude.h"
#include "projections/ticket/ticket.h"
#include "service/core/big_endian.h"
#include "service/core/sha256.h"
#include "service/core/signal_log.h"
#include "service/views/deal_reader.h"
#include "service/views/keys.h"
#include "service/views/ticket_reader.h"

namespace journey::views {
namespace {

// Adds a text with its length, so that no two lists of texts are alike.
void AddText(absl::string_view text, core::Sha256& hash) {
  std::string length;
  core::AppendBigEndian(text.size(), length);
  hash.Add(length);
  hash.Add(text);
}

absl::Status AddJourneys(Reader& reader, core::Sha256& hash) {
  absl::Status status;
  const absl::Status scan = reader.snapshot().ScanLists(
      JourneyPrefix(reader.tenant_id()),
      [&](absl::string_view suffix, absl::string_view) {
        v1::Subject subject;
        if (!ConsumeSubject(suffix, subject)) return false;
        const auto folded = reader.Fold(subject);
        status = folded.status();
        if (!status.ok()) return false;
        if (folded->has_value()) {
          AddText(projections::ConcludeJourney(reader.rules(), (*folded)->fold,
                                               (*folded)->instant)
                      .SerializeAsString(),
                  hash);
        }
        return true;
      });
  return status.ok() ? scan : status;
}

absl::Status AddDeals(Reader& reader, core::Sha256& hash) {
  DealReader deals(reader);
  absl::Status status;
  const absl::Status scan = deals.ForEach(
      "", [&](const std::string& deal_id, storage::v1::DealRecord record) {
        const auto deal = deals.At(deal_id, std::move(record));
        status = deal.status();
        if (!status.ok()) return false;
        if (deal->has_value()) {
          AddText(projections::ConcludeDeal(reader.rules(), (*deal)->state,
                                            (*deal)->journey, (*deal)->instant)
                      .SerializeAsString(),
                  hash);
        }
        return true;
      });
  return status.ok() ? scan : status;
}

absl::Status AddTickets(Reader& reader, core::Sha256& hash) {
  absl::Status status;
  const absl::Status scan = reader.snapshot().ScanLists(
      TicketPrefix(reader.tenant_id()),
      [&](absl::string_view ticket_id, absl::string_view) {
        const auto ticket = TicketAt(reader, ticket_id);
        status = ticket.status();
        if (!status.ok() || !ticket->has_value()) return status.ok();
        const auto journey = JourneyOfTicket(reader, **ticket);
        status = journey.status();
        if (!status.ok()) return false;
        AddText(projections::ConcludeTicket(reader.rules(), **ticket, *journey)
                    .SerializeAsString(),
                hash);
        return true;
      });
  return status.ok() ? scan : status;
}

}  // namespace

absl::StatusOr<std::string> DigestConclusions(const QueryContext& context,
                                              core::Micros as_of) {
  std::vector<std::string> tenants;
  const Snapshot snapshot(*context.store);
  absl::Status status =
      snapshot.ScanPrefix(Family::kDefault, TenantsPrefix(),
                          [&](absl::string_view suffix, absl::string_view) {
                            if (!core::IsSignalLog(suffix)) {
                              tenants.emplace_back(suffix);
                            }
                            return true;
                          });
  core::Sha256 hash;
  for (const std::string& tenant_id : tenants) {
    if (!status.ok()) return status;
    const auto reader = Reader::Make(context, tenant_id, std::nullopt, as_of);
    if (!reader.ok()) return reader.status();
    AddText(tenant_id, hash);
    status = AddJourneys(**reader, hash);
    if (status.ok()) status = AddDeals(**reader, hash);
    if (status.ok()) status = AddTickets(**reader, hash);
  }
  if (!status.ok()) return status;
  return absl::BytesToHexString(hash.Finish());
}

}  // namespace journey::views
