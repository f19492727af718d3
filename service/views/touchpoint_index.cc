#include "service/views/touchpoint_index.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "absl/functional/function_ref.h"
#include "service/core/touchpoint.h"
#include "service/views/journey_resolver.h"
#include "service/views/keys.h"

namespace journey::views {
namespace {

// Adds the rows under one subject for which `wanted` holds.
absl::Status Collect(const IndexSource& source, absl::string_view tenant_id,
                     const core::SubjectRef& subject, core::Micros from,
                     core::Micros until,
                     absl::FunctionRef<bool(const TouchpointRow&)> wanted,
                     std::vector<TouchpointRow>& out) {
  return source.ScanTouchpoints(SubjectKey(tenant_id, subject), from,
                                [&](const TouchpointRow& row) {
                                  if (row.occurred_at > until) return false;
                                  if (wanted(row)) out.push_back(row);
                                  return true;
                                });
}

absl::Status CollectDeal(const IndexSource& source, absl::string_view tenant_id,
                         absl::string_view deal_id, core::Micros from,
                         core::Micros until, std::vector<TouchpointRow>& out) {
  return Collect(
      source, tenant_id, {v1::SUBJECT_TYPE_DEAL, deal_id}, from, until,
      [](const TouchpointRow&) { return true; }, out);
}

// What belongs to a journey: parts of its members, and deals.
class JourneyParts {
 public:
  JourneyParts(const IndexSource& source, absl::string_view tenant_id,
               const v1::Subject& journey)
      : source_(source),
        tenant_id_(tenant_id),
        journey_(journey),
        resolver_(source, tenant_id) {}

  absl::Status FindMembers() {
    auto members = resolver_.MembersOf(journey_);
    if (!members.ok()) return members.status();
    members_ = *std::move(members);
    return absl::OkStatus();
  }

  absl::Status CollectWithoutDeal(core::Micros from, core::Micros until,
                                  std::vector<TouchpointRow>& out) {
    for (const v1::Subject& member : members_) {
      // Those of a deal name it.
      if (member.type() == v1::SUBJECT_TYPE_DEAL) continue;
      const auto always = AlwaysBelongs(member);
      if (!always.ok()) return always.status();
      absl::Status failed;
      absl::Status status = Collect(
          source_, tenant_id_, core::RefOf(member), from, until,
          [&](const TouchpointRow& row) {
            if (!row.as_given || row.has_deal || !failed.ok()) return false;
            if (*always) return true;
            const auto belongs = Belongs(member, row.occurred_at);
            failed = belongs.status();
            return belongs.ok() && *belongs;
          },
          out);
      if (!failed.ok()) return failed;
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  // Those of which touchpoints occurred from `from` on; others may be among
  // them.
  absl::StatusOr<std::vector<std::string>> Deals(core::Micros from) {
    std::vector<std::string> out;
    for (const v1::Subject& member : members_) {
      absl::Status failed;
      const absl::Status status = source_.ScanHomeFrom(
          tenant_id_, core::RefOf(member), from,
          [&](absl::string_view deal_id, core::Micros instant) {
            const auto belongs = Belongs(member, instant);
            failed = belongs.status();
            if (belongs.ok() && *belongs) out.emplace_back(deal_id);
            return failed.ok();
          });
      if (!failed.ok()) return failed;
      if (!status.ok()) return status;
    }
    return out;
  }

 private:
  // True for one that links do not take elsewhere at some times.
  absl::StatusOr<bool> AlwaysBelongs(const v1::Subject& member) {
    const auto identity = resolver_.IdentityOf(core::RefOf(member));
    if (!identity.ok()) return identity.status();
    if (!(*identity)->links().empty()) return false;
    return Belongs(member, 0);
  }

  absl::StatusOr<bool> Belongs(const v1::Subject& member,
                               core::Micros instant) {
    const auto journey = resolver_.JourneyOf(member, instant);
    if (!journey.ok()) return journey.status();
    return core::RefOf(*journey) == core::RefOf(journey_);
  }

  const IndexSource& source_;
  const absl::string_view tenant_id_;
  const v1::Subject& journey_;
  JourneyResolver resolver_;
  std::vector<v1::Subject> members_;
};

}  // namespace

absl::StatusOr<std::vector<std::string>> DealsOfJourney(
    const IndexSource& source, absl::string_view tenant_id,
    const v1::Subject& journey, core::Micros from) {
  JourneyParts parts(source, tenant_id, journey);
  if (const absl::Status status = parts.FindMembers(); !status.ok()) {
    return status;
  }
  return parts.Deals(from);
}

absl::StatusOr<JourneyRows> RowsOfJourney(const IndexSource& source,
                                          absl::string_view tenant_id,
                                          const v1::Subject& journey,
                                          core::Micros from,
                                          core::Micros until) {
  JourneyRows out;
  JourneyParts parts(source, tenant_id, journey);
  absl::Status status = parts.FindMembers();
  if (status.ok()) status = parts.CollectWithoutDeal(from, until, out.rows);
  if (!status.ok()) return status;
  auto deals = parts.Deals(from);
  if (!deals.ok()) return deals.status();
  out.deal_ids = *std::move(deals);
  for (const std::string& deal_id : out.deal_ids) {
    status = CollectDeal(source, tenant_id, deal_id, from, until, out.rows);
    if (!status.ok()) return status;
  }
  // What was collected is sorted but for the seams between subjects.
  if (!std::is_sorted(out.rows.begin(), out.rows.end())) {
    std::sort(out.rows.begin(), out.rows.end());
  }
  return out;
}

absl::StatusOr<std::vector<TouchpointRow>> TouchpointsOfJourney(
    const IndexSource& source, absl::string_view tenant_id,
    const v1::Subject& journey, core::Micros from, core::Micros until) {
  auto found = RowsOfJourney(source, tenant_id, journey, from, until);
  if (!found.ok()) return found.status();
  return std::move(found->rows);
}

absl::StatusOr<std::vector<TouchpointRow>> TouchpointsOfTicket(
    const IndexSource& source, absl::string_view tenant_id,
    absl::string_view ticket_id, core::Micros until) {
  std::vector<TouchpointRow> out;
  const absl::Status status =
      source.ScanTouchpoints(TicketKey(tenant_id, ticket_id), /*from=*/0,
                             [&](const TouchpointRow& row) {
                               if (row.occurred_at > until) return false;
                               out.push_back(row);
                               return true;
                             });
  if (!status.ok()) return status;
  return out;
}

OrderedReader::OrderedReader(const log::EventLog& log,
                             absl::string_view tenant_id,
                             std::vector<TouchpointRow> rows, size_t begin,
                             bool falling)
    : log_(log),
      tenant_id_(tenant_id),
      rows_(std::move(rows)),
      begin_(begin),
      falling_(falling) {}

absl::StatusOr<std::vector<PlacedEvent>> OrderedReader::Next(size_t size) {
  const auto end = ChunkEnd(std::min(size, kOrderedReadMax));
  if (!end.ok()) return end.status();
  auto placed = Read(begin_, *end);
  if (!placed.ok()) return placed.status();
  std::sort(placed->begin(), placed->end(),
            [](const PlacedEvent& a, const PlacedEvent& b) {
              return core::OrderKeyOf(*a.event.touchpoint) <
                     core::OrderKeyOf(*b.event.touchpoint);
            });
  if (falling_) std::reverse(placed->begin(), placed->end());
  begin_ = *end;
  return placed;
}

// The end of a chunk, which divides no instant, or one whose rows are in
// order already.
absl::StatusOr<size_t> OrderedReader::ChunkEnd(size_t size) {
  const size_t end = std::min(rows_.size(), begin_ + size);
  if (end == begin_ || end == rows_.size() || end < sorted_end_) return end;
  const core::Micros instant = rows_[end - 1].occurred_at;
  const auto is_other = [&](const TouchpointRow& row) {
    return row.occurred_at != instant;
  };
  const auto last = rows_.begin() + static_cast<std::ptrdiff_t>(end);
  const auto instant_end = std::find_if(last, rows_.end(), is_other);
  const auto instant_begin =
      std::find_if(std::make_reverse_iterator(last),
                   std::make_reverse_iterator(
                       rows_.begin() + static_cast<std::ptrdiff_t>(begin_)),
                   is_other)
          .base();
  const auto at = [&](auto it) {
    return static_cast<size_t>(it - rows_.begin());
  };
  if (at(instant_end) - at(instant_begin) <= kOrderedReadMax) {
    return at(instant_end);
  }
  const absl::Status status = SortInstant(at(instant_begin), at(instant_end));
  if (!status.ok()) return status;
  return end;
}

// Brings the rows of one instant into canonical order, keeping no more of
// their events than the ids.
absl::Status OrderedReader::SortInstant(size_t begin, size_t end) {
  struct Named {
    std::string source;
    std::string touchpoint_id;
    TouchpointRow row;
  };
  std::vector<Named> named;
  named.reserve(end - begin);
  for (size_t i = begin; i < end; i += kOrderedReadMax) {
    const auto placed = Read(i, std::min(end, i + kOrderedReadMax));
    if (!placed.ok()) return placed.status();
    for (const PlacedEvent& each : *placed) {
      named.push_back({each.event.touchpoint->source(),
                       each.event.touchpoint->touchpoint_id(), each.row});
    }
  }
  std::sort(named.begin(), named.end(), [](const Named& a, const Named& b) {
    return std::tie(a.source, a.touchpoint_id) <
           std::tie(b.source, b.touchpoint_id);
  });
  if (falling_) std::reverse(named.begin(), named.end());
  for (size_t i = begin; i < end; ++i) rows_[i] = named[i - begin].row;
  sorted_end_ = end;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<PlacedEvent>> OrderedReader::Read(size_t begin,
                                                             size_t end) const {
  std::vector<int64_t> positions;
  positions.reserve(end - begin);
  for (size_t i = begin; i < end; ++i) positions.push_back(rows_[i].position);
  auto events = log_.ReadPositions(tenant_id_, positions);
  if (!events.ok()) return events.status();
  std::vector<PlacedEvent> out;
  out.reserve(events->size());
  for (size_t i = begin; i < end; ++i) {
    out.push_back({rows_[i], std::move((*events)[i - begin])});
  }
  return out;
}

absl::Status FoldRows(const projections::Rules& rules, const log::EventLog& log,
                      absl::string_view tenant_id,
                      std::vector<TouchpointRow> rows,
                      const storage::v1::Moment* before,
                      projections::JourneyFold& fold,
                      absl::FunctionRef<absl::Status(const v1::Touchpoint&,
                                                     projections::JourneyFold&)>
                          after_each) {
  rows.erase(std::remove_if(rows.begin(), rows.end(), IsRetracted), rows.end());
  const storage::v1::Moment start = fold.state().newest();
  OrderedReader reader(log, tenant_id, std::move(rows), 0, /*falling=*/false);
  while (true) {
    const auto placed = reader.Next(kOrderedReadMax);
    if (!placed.ok()) return placed.status();
    if (placed->empty()) return absl::OkStatus();
    for (const PlacedEvent& each : *placed) {
      const v1::Touchpoint& touchpoint = *each.event.touchpoint;
      if (start.has_ref() || before != nullptr) {
        const storage::v1::Moment moment = projections::MomentOf(touchpoint);
        if (start.has_ref() && !projections::Before(start, moment)) continue;
        if (before != nullptr && !projections::Before(moment, *before)) break;
      }
      projections::Evolve(rules, touchpoint, fold);
      absl::Status status = after_each(touchpoint, fold);
      if (!status.ok()) return status;
    }
    fold.Compact();
  }
}

}  // namespace journey::views
