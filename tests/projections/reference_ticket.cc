#include "tests/projections/reference_ticket.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "service/core/time.h"
#include "service/core/touchpoint.h"
#include "tests/support/history.h"

namespace journey::testing {
namespace {

using core::Micros;
using Change = v1::TicketChange;

// What was reported of one ticket, in canonical order. Questions are about the
// first `n` reports.
class TicketPast {
 public:
  explicit TicketPast(std::vector<v1::Touchpoint> reports)
      : reports_(std::move(reports)) {}

  [[nodiscard]] size_t size() const { return reports_.size(); }
  [[nodiscard]] const v1::Touchpoint& At(size_t i) const { return reports_[i]; }
  [[nodiscard]] Micros TimeOf(size_t i) const {
    return core::ToMicros(reports_[i].occurred_at());
  }

  [[nodiscard]] v1::TicketStatus Status(size_t n) const {
    if (n == 0) return v1::TICKET_STATUS_UNSPECIFIED;
    switch (Action(n - 1)) {
      case Change::ACTION_UPDATED:
        return n == 1 ? v1::TICKET_STATUS_OPEN : Status(n - 1);
      case Change::ACTION_WAITING_ON_CUSTOMER:
        return v1::TICKET_STATUS_WAITING_ON_CUSTOMER;
      case Change::ACTION_RESOLVED:
        return Status(n - 1) == v1::TICKET_STATUS_CLOSED
                   ? v1::TICKET_STATUS_CLOSED
                   : v1::TICKET_STATUS_RESOLVED;
      case Change::ACTION_CLOSED:
        return v1::TICKET_STATUS_CLOSED;
      default:
        return v1::TICKET_STATUS_OPEN;
    }
  }

  [[nodiscard]] bool IsOver(size_t n) const {
    return Status(n) == v1::TICKET_STATUS_RESOLVED ||
           Status(n) == v1::TICKET_STATUS_CLOSED;
  }

  [[nodiscard]] Change::Type Type(size_t n) const {
    for (size_t i = n; i > 0; --i) {
      const auto type = reports_[i - 1].ticket().type();
      if (type != Change::TYPE_UNSPECIFIED) return type;
    }
    return Change::TYPE_QUESTION;
  }

  [[nodiscard]] Change::Severity Severity(size_t n) const {
    for (size_t i = n; i > 0; --i) {
      const auto severity = reports_[i - 1].ticket().severity();
      if (severity != Change::SEVERITY_UNSPECIFIED) return severity;
    }
    return Change::SEVERITY_LOW;
  }

  [[nodiscard]] bool IsCriticalComplaint(size_t n) const {
    return n > 0 && !IsOver(n) && Type(n) == Change::TYPE_COMPLAINT &&
           Severity(n) == Change::SEVERITY_CRITICAL;
  }

  // The last report by which it became true; it is true of all of them.
  template <typename Predicate>
  [[nodiscard]] size_t LastBecame(const Predicate& holds) const {
    size_t i = size();
    while (i > 1 && holds(i - 1)) --i;
    return i - 1;
  }

  [[nodiscard]] v1::Ticket Describe() const {
    const size_t n = size();
    v1::Ticket out;
    out.set_ticket_id(reports_[0].ticket().ticket_id());
    out.set_status(Status(n));
    *out.mutable_status_since() = core::ToTimestamp(StatusSince());
    out.set_severity(Severity(n));
    out.set_type(Type(n));
    *out.mutable_opened_at() = reports_[0].occurred_at();
    size_t opened = 0;
    for (size_t i = 0; i < n; ++i) {
      if (i > 0 && IsOver(i) && !IsOver(i + 1)) {
        out.set_reopen_count(out.reopen_count() + 1);
        opened = i;
      }
      const auto& subject = reports_[i].ticket().subject();
      if (!subject.empty()) out.set_subject(subject);
      const auto& owner = reports_[i].owner_id();
      if (!owner.empty()) out.set_owner_id(owner);
    }
    for (size_t i = opened; i < n; ++i) {
      if (Action(i) == Change::ACTION_ESCALATED) out.set_escalated(true);
    }
    if (IsOver(n)) {
      *out.mutable_resolved_at() = core::ToTimestamp(
          TimeOf(LastBecame([&](size_t k) { return IsOver(k); })));
    }
    if (Status(n) == v1::TICKET_STATUS_CLOSED) {
      *out.mutable_closed_at() = out.status_since();
    }
    out.set_touchpoint_count(static_cast<int32_t>(n));
    return out;
  }

 private:
  [[nodiscard]] Change::Action Action(size_t i) const {
    return reports_[i].ticket().action();
  }

  [[nodiscard]] Micros StatusSince() const {
    const v1::TicketStatus status = Status(size());
    if (status == v1::TICKET_STATUS_WAITING_ON_CUSTOMER) {
      size_t i = size();
      while (Action(i - 1) != Change::ACTION_WAITING_ON_CUSTOMER) --i;
      return TimeOf(i - 1);
    }
    return TimeOf(LastBecame([&](size_t k) { return Status(k) == status; }));
  }

  std::vector<v1::Touchpoint> reports_;
};

std::map<std::string, TicketPast> PastsOf(
    std::vector<v1::Touchpoint> touchpoints, Micros instant) {
  std::sort(touchpoints.begin(), touchpoints.end(),
            [](const auto& a, const auto& b) {
              return core::OrderKeyOf(a) < core::OrderKeyOf(b);
            });
  std::map<std::string, std::vector<v1::Touchpoint>> reports;
  for (v1::Touchpoint& t : touchpoints) {
    if (!t.has_ticket() || core::ToMicros(t.occurred_at()) > instant) continue;
    reports[t.ticket().ticket_id()].push_back(std::move(t));
  }
  std::map<std::string, TicketPast> out;
  for (auto& [ticket_id, list] : reports) {
    out.emplace(ticket_id, TicketPast(std::move(list)));
  }
  return out;
}

std::string Any(std::mt19937& random, const std::vector<std::string>& values) {
  return values[random() % values.size()];
}

}  // namespace

std::map<std::string, v1::Ticket> ReferenceTickets(
    std::vector<v1::Touchpoint> touchpoints, Micros instant) {
  std::map<std::string, v1::Ticket> out;
  for (const auto& [id, past] : PastsOf(std::move(touchpoints), instant)) {
    out[id] = past.Describe();
  }
  return out;
}

std::map<std::string, Micros> ReferenceCriticalComplaints(
    const std::vector<v1::Touchpoint>& touchpoints, Micros instant) {
  std::map<std::string, Micros> out;
  for (const auto& [id, past] : PastsOf(touchpoints, instant)) {
    if (!past.IsCriticalComplaint(past.size())) continue;
    out[id] = past.TimeOf(past.LastBecame(
        [&, &past = past](size_t k) { return past.IsCriticalComplaint(k); }));
  }
  return out;
}

std::vector<Micros> ReferenceComplaints(
    const std::vector<v1::Touchpoint>& touchpoints, Micros instant) {
  std::vector<Micros> out;
  for (const auto& [id, past] : PastsOf(touchpoints, instant)) {
    for (size_t i = 0; i < past.size(); ++i) {
      if (past.Type(i + 1) == Change::TYPE_COMPLAINT &&
          (i == 0 || past.Type(i) != Change::TYPE_COMPLAINT)) {
        out.push_back(past.TimeOf(i));
      }
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<v1::Touchpoint> RandomTickets(std::mt19937& random, int touchpoints,
                                          int tickets, int days) {
  std::vector<v1::Touchpoint> out;
  for (int i = 0; i < touchpoints; ++i) {
    std::string ticket = absl::StrCat(
        "ticket { ticket_id: 'T", random() % static_cast<unsigned>(tickets),
        "' action: ACTION_",
        Any(random, {"OPENED", "UPDATED", "UPDATED", "WAITING_ON_CUSTOMER",
                     "WAITING_ON_CUSTOMER", "ESCALATED", "RESOLVED", "REOPENED",
                     "CLOSED"}));
    if (random() % 3 == 0) {
      absl::StrAppend(&ticket, " severity: SEVERITY_",
                      Any(random, {"LOW", "HIGH", "CRITICAL", "CRITICAL"}));
    }
    if (random() % 3 == 0) {
      absl::StrAppend(&ticket, " type: TYPE_",
                      Any(random, {"REQUEST", "COMPLAINT", "COMPLAINT"}));
    }
    if (random() % 3 == 0) {
      absl::StrAppend(&ticket, " subject: 'about ", random() % 9, "'");
    }
    std::string fields = absl::StrCat(
        Any(random, {"account_id: 'A0'", "account_id: 'A1'", "contact_id: 'C0'",
                     "account_id: 'A0' contact_id: 'C1'", "anonymous_id: 'V0'",
                     "deal_id: 'D0'", "account_id: 'A2' deal_id: 'D0'"}),
        " ", ticket, " }");
    if (random() % 3 == 0) {
      absl::StrAppend(&fields, " owner_id: 'O", random() % 3, "'");
    }
    const Micros at =
        At("2025-01-01") +
        static_cast<Micros>(random() % static_cast<unsigned>(days * 4)) *
            core::kMicrosPerDay / 4;
    out.push_back(
        Tp(absl::StrFormat("ticket%04d", i), core::FormatInstant(at), fields));
  }
  return out;
}

}  // namespace journey::testing
