#include "service/views/keys.h"

#include "absl/strings/str_cat.h"
#include "service/core/big_endian.h"

namespace journey::views {
namespace {

// Flipping the sign bit makes negative instants sort before positive ones.
constexpr uint64_t kSignBit = uint64_t{1} << 63;
constexpr char kEscape = '\0';
constexpr char kEscapedZero = '\xff';
constexpr char kTextEnd = '\x01';
// Of a subject's key besides its ids: a length, a type and the end of a text.
constexpr size_t kSubjectKeyExtraBytes = 4;
// Stands where a subject's key has its type.
constexpr char kTicketType = 't';

std::string ListPrefix(char list, absl::string_view tenant_id) {
  return absl::StrCat(absl::string_view(&list, 1), TenantPrefix(tenant_id));
}

}  // namespace

std::string CheckpointKey() { return "checkpoint"; }

std::string TenantsPrefix() { return "t"; }

std::string TenantKey(absl::string_view tenant_id) {
  return absl::StrCat(TenantsPrefix(), tenant_id);
}

std::string FullSubjectsPrefix() { return "f"; }

std::string FullSubjectKey(absl::string_view tenant_id,
                           const v1::Subject& subject) {
  return absl::StrCat(FullSubjectsPrefix(), SubjectKey(tenant_id, subject));
}

std::string FullLinksPrefix() { return "l"; }

std::string FullLinksKey(absl::string_view tenant_id,
                         const v1::Subject& subject) {
  return absl::StrCat(FullLinksPrefix(), SubjectKey(tenant_id, subject));
}

std::string IdKey(absl::string_view tenant_id, absl::string_view source,
                  absl::string_view touchpoint_id) {
  std::string key;
  key.reserve(tenant_id.size() + source.size() + touchpoint_id.size() + 3);
  key.push_back(static_cast<char>(tenant_id.size()));
  key.append(tenant_id.data(), tenant_id.size());
  AppendText(source, key);
  absl::StrAppend(&key, touchpoint_id);
  return key;
}

std::string TenantPrefix(absl::string_view tenant_id) {
  const char length = static_cast<char>(tenant_id.size());
  return absl::StrCat(absl::string_view(&length, 1), tenant_id);
}

std::string SubjectKey(absl::string_view tenant_id,
                       const core::SubjectRef& subject) {
  std::string key;
  key.reserve(tenant_id.size() + subject.id.size() + kSubjectKeyExtraBytes);
  key.push_back(static_cast<char>(tenant_id.size()));
  key.append(tenant_id.data(), tenant_id.size());
  AppendSubject(subject, key);
  return key;
}

std::string SubjectKey(absl::string_view tenant_id,
                       const v1::Subject& subject) {
  return SubjectKey(tenant_id, core::RefOf(subject));
}

std::string TicketKey(absl::string_view tenant_id,
                      absl::string_view ticket_id) {
  std::string key = TenantPrefix(tenant_id);
  key.push_back(kTicketType);
  AppendText(ticket_id, key);
  return key;
}

std::string DealKey(absl::string_view tenant_id, absl::string_view deal_id) {
  return absl::StrCat(TenantPrefix(tenant_id), deal_id);
}

std::string HomePrefix(absl::string_view tenant_id,
                       const core::SubjectRef& home) {
  std::string key = ListPrefix('H', tenant_id);
  AppendSubject(home, key);
  return key;
}

std::string LinkedPrefix(absl::string_view tenant_id,
                         const core::SubjectRef& wide) {
  std::string key = ListPrefix('I', tenant_id);
  AppendSubject(wide, key);
  return key;
}

std::string SnapshotPrefix(absl::string_view tenant_id,
                           const v1::Subject& journey) {
  std::string key = ListPrefix('N', tenant_id);
  AppendSubject(journey, key);
  return key;
}

std::string JourneyPrefix(absl::string_view tenant_id) {
  return ListPrefix('A', tenant_id);
}

std::string DealPrefix(absl::string_view tenant_id) {
  return ListPrefix('D', tenant_id);
}

std::string StagePrefix(absl::string_view tenant_id, v1::EntryCondition stage) {
  std::string key = ListPrefix('S', tenant_id);
  key.push_back(static_cast<char>(stage));
  return key;
}

std::string StageKey(absl::string_view tenant_id, v1::EntryCondition stage,
                     core::Micros until, const v1::Subject& journey) {
  std::string key = StagePrefix(tenant_id, stage);
  AppendInstant(until, key);
  AppendSubject(journey, key);
  return key;
}

std::string LeadStatusPrefix(absl::string_view tenant_id,
                             v1::LeadStatus status) {
  std::string key = ListPrefix('L', tenant_id);
  key.push_back(static_cast<char>(status));
  return key;
}

std::string LeadStatusKey(absl::string_view tenant_id, v1::LeadStatus status,
                          core::Micros until, const v1::Subject& journey) {
  std::string key = LeadStatusPrefix(tenant_id, status);
  AppendInstant(until, key);
  AppendSubject(journey, key);
  return key;
}

std::string SegmentPrefix(absl::string_view tenant_id, v1::Segment segment) {
  std::string key = ListPrefix('G', tenant_id);
  key.push_back(static_cast<char>(segment));
  return key;
}

std::string SegmentKey(absl::string_view tenant_id, v1::Segment segment,
                       core::Micros until, core::Micros since,
                       const v1::Subject& journey) {
  std::string key = SegmentPrefix(tenant_id, segment);
  AppendInstant(until, key);
  AppendInstant(since, key);
  AppendSubject(journey, key);
  return key;
}

std::string OwnerPrefix(absl::string_view tenant_id,
                        absl::string_view owner_id) {
  std::string key = ListPrefix('O', tenant_id);
  AppendText(owner_id, key);
  return key;
}

std::string OpenDealPrefix(absl::string_view tenant_id,
                           absl::string_view pipeline_id) {
  std::string key = ListPrefix('P', tenant_id);
  AppendText(pipeline_id, key);
  return key;
}

std::string StallPrefix(absl::string_view tenant_id) {
  return ListPrefix('T', tenant_id);
}

std::string StallKey(absl::string_view tenant_id, core::Micros since,
                     absl::string_view deal_id, v1::StallReason reason) {
  std::string key = StallPrefix(tenant_id);
  AppendInstant(since, key);
  AppendText(deal_id, key);
  key.push_back(static_cast<char>(reason));
  return key;
}

std::optional<StallEntry> ParseStall(absl::string_view suffix) {
  StallEntry entry;
  if (!ConsumeInstant(suffix, entry.since) ||
      !ConsumeText(suffix, entry.deal_id) || suffix.size() != 1) {
    return std::nullopt;
  }
  entry.reason = static_cast<v1::StallReason>(suffix[0]);
  return entry;
}

std::string TicketPrefix(absl::string_view tenant_id) {
  return ListPrefix('K', tenant_id);
}

std::string TicketsOfPrefix(absl::string_view tenant_id,
                            const core::SubjectRef& subject) {
  std::string key = ListPrefix('C', tenant_id);
  AppendSubject(subject, key);
  return key;
}

std::string OpenTicketPrefix(absl::string_view tenant_id) {
  return ListPrefix('U', tenant_id);
}

std::string TicketStatusPrefix(absl::string_view tenant_id,
                               v1::TicketStatus status) {
  std::string key = ListPrefix('W', tenant_id);
  key.push_back(static_cast<char>(status));
  return key;
}

void AppendInstant(core::Micros instant, std::string& out) {
  core::AppendBigEndian(static_cast<uint64_t>(instant) ^ kSignBit, out);
}

void AppendText(absl::string_view text, std::string& out) {
  if (text.find(kEscape) == absl::string_view::npos) {
    out.append(text.data(), text.size());
  } else {
    for (const char c : text) {
      out.push_back(c);
      if (c == kEscape) out.push_back(kEscapedZero);
    }
  }
  out.push_back(kEscape);
  out.push_back(kTextEnd);
}

void AppendSubject(const core::SubjectRef& subject, std::string& out) {
  out.push_back(static_cast<char>(subject.type));
  AppendText(subject.id, out);
}

void AppendSubject(const v1::Subject& subject, std::string& out) {
  AppendSubject(core::RefOf(subject), out);
}

bool ConsumeInstant(absl::string_view& in, core::Micros& out) {
  if (in.size() < sizeof(uint64_t)) return false;
  out = static_cast<core::Micros>(core::LoadBigEndian(in) ^ kSignBit);
  in.remove_prefix(sizeof(uint64_t));
  return true;
}

bool ConsumeText(absl::string_view& in, std::string& out) {
  out.clear();
  for (size_t i = 0; i + 1 < in.size(); ++i) {
    if (in[i] != kEscape) {
      out.push_back(in[i]);
      continue;
    }
    const char next = in[++i];
    if (next == kTextEnd) {
      in.remove_prefix(i + 1);
      return true;
    }
    if (next != kEscapedZero) return false;
    out.push_back(kEscape);
  }
  return false;
}

bool ConsumeSubject(absl::string_view& in, v1::Subject& out) {
  if (in.empty() || !v1::SubjectType_IsValid(in[0])) return false;
  out.set_type(static_cast<v1::SubjectType>(in[0]));
  in.remove_prefix(1);
  return ConsumeText(in, *out.mutable_id());
}

std::string PrefixEnd(absl::string_view prefix) {
  std::string end(prefix);
  while (!end.empty()) {
    if (end.back() != '\xff') {
      end.back() = static_cast<char>(end.back() + 1);
      return end;
    }
    end.pop_back();
  }
  return end;
}

}  // namespace journey::views
