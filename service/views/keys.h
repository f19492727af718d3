// Keys of the views. They sort as the queries read: numbers are big-endian,
// texts inside a key are escaped so that none is a prefix of another.
// docs/STORAGE_FORMAT.md lists them all.
#ifndef SERVICE_VIEWS_KEYS_H_
#define SERVICE_VIEWS_KEYS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "journey/v1/common.pb.h"
#include "journey/v1/deal.pb.h"
#include "journey/v1/journey.pb.h"
#include "journey/v1/rules.pb.h"
#include "journey/v1/ticket.pb.h"
#include "service/core/clock.h"
#include "service/core/touchpoint.h"

namespace journey::views {

// Column family `default`.
[[nodiscard]] std::string CheckpointKey();
[[nodiscard]] std::string TenantKey(absl::string_view tenant_id);
[[nodiscard]] std::string TenantsPrefix();
[[nodiscard]] std::string FullSubjectKey(absl::string_view tenant_id,
                                         const v1::Subject& subject);
[[nodiscard]] std::string FullSubjectsPrefix();
[[nodiscard]] std::string FullLinksKey(absl::string_view tenant_id,
                                       const v1::Subject& subject);
[[nodiscard]] std::string FullLinksPrefix();

// Column family `ids`.
[[nodiscard]] std::string IdKey(absl::string_view tenant_id,
                                absl::string_view source,
                                absl::string_view touchpoint_id);

// What keys of one tenant begin with, after the letter of a list.
[[nodiscard]] std::string TenantPrefix(absl::string_view tenant_id);

// Column family `subjects`, and the beginning of keys in `touchpoints`.
[[nodiscard]] std::string SubjectKey(absl::string_view tenant_id,
                                     const core::SubjectRef& subject);
[[nodiscard]] std::string SubjectKey(absl::string_view tenant_id,
                                     const v1::Subject& subject);

// The same of a ticket: no subject has the same key.
[[nodiscard]] std::string TicketKey(absl::string_view tenant_id,
                                    absl::string_view ticket_id);

// Column family `deals`.
[[nodiscard]] std::string DealKey(absl::string_view tenant_id,
                                  absl::string_view deal_id);

// Column family `lists`. Each ends with what it lists.
[[nodiscard]] std::string HomePrefix(absl::string_view tenant_id,
                                     const core::SubjectRef& home);
// What links to a subject, with one of two values.
inline constexpr absl::string_view kLinked = "";
inline constexpr absl::string_view kUnlinked = "-";
[[nodiscard]] std::string LinkedPrefix(absl::string_view tenant_id,
                                       const core::SubjectRef& wide);
[[nodiscard]] std::string SnapshotPrefix(absl::string_view tenant_id,
                                         const v1::Subject& journey);
[[nodiscard]] std::string JourneyPrefix(absl::string_view tenant_id);
[[nodiscard]] std::string DealPrefix(absl::string_view tenant_id);
[[nodiscard]] std::string StagePrefix(absl::string_view tenant_id,
                                      v1::EntryCondition stage);
[[nodiscard]] std::string StageKey(absl::string_view tenant_id,
                                   v1::EntryCondition stage, core::Micros until,
                                   const v1::Subject& journey);
[[nodiscard]] std::string LeadStatusPrefix(absl::string_view tenant_id,
                                           v1::LeadStatus status);
[[nodiscard]] std::string LeadStatusKey(absl::string_view tenant_id,
                                        v1::LeadStatus status,
                                        core::Micros until,
                                        const v1::Subject& journey);
[[nodiscard]] std::string SegmentPrefix(absl::string_view tenant_id,
                                        v1::Segment segment);
// Of the entries that do not end (core::kNever) those that have begun come
// first.
[[nodiscard]] std::string SegmentKey(absl::string_view tenant_id,
                                     v1::Segment segment, core::Micros until,
                                     core::Micros since,
                                     const v1::Subject& journey);
[[nodiscard]] std::string OwnerPrefix(absl::string_view tenant_id,
                                      absl::string_view owner_id);
[[nodiscard]] std::string OpenDealPrefix(absl::string_view tenant_id,
                                         absl::string_view pipeline_id);
[[nodiscard]] std::string StallPrefix(absl::string_view tenant_id);
[[nodiscard]] std::string StallKey(absl::string_view tenant_id,
                                   core::Micros since,
                                   absl::string_view deal_id,
                                   v1::StallReason reason);
// What follows StallPrefix.
struct StallEntry {
  core::Micros since = 0;
  std::string deal_id;
  v1::StallReason reason = v1::STALL_REASON_UNSPECIFIED;
};
[[nodiscard]] std::optional<StallEntry> ParseStall(absl::string_view suffix);

[[nodiscard]] std::string TicketPrefix(absl::string_view tenant_id);
// Those whose newest touchpoint belongs to a subject (lists.h).
[[nodiscard]] std::string TicketsOfPrefix(absl::string_view tenant_id,
                                          const core::SubjectRef& subject);
// Open tickets, and those with one status: since when it holds, and the id.
[[nodiscard]] std::string OpenTicketPrefix(absl::string_view tenant_id);
[[nodiscard]] std::string TicketStatusPrefix(absl::string_view tenant_id,
                                             v1::TicketStatus status);

// Parts.
void AppendInstant(core::Micros instant, std::string& out);
void AppendText(absl::string_view text, std::string& out);
void AppendSubject(const core::SubjectRef& subject, std::string& out);
void AppendSubject(const v1::Subject& subject, std::string& out);
[[nodiscard]] bool ConsumeInstant(absl::string_view& in, core::Micros& out);
[[nodiscard]] bool ConsumeText(absl::string_view& in, std::string& out);
[[nodiscard]] bool ConsumeSubject(absl::string_view& in, v1::Subject& out);

// The smallest key behind all keys with this prefix; empty when there is none.
[[nodiscard]] std::string PrefixEnd(absl::string_view prefix);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_KEYS_H_
