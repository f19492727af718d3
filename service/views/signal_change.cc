#include "service/views/signal_change.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "service/core/signal_log.h"
#include "service/core/time.h"
#include "service/views/announced.h"
#include "service/views/keys.h"
#include "service/views/lists.h"
#include "service/views/put_lists.h"

namespace journey::views {
namespace {

using storage::v1::AnnouncedSignals;

// Nobody is waited for any more.
bool IsDone(const v1::Signal& signal) {
  return signal.handling() == v1::SIGNAL_HANDLING_FINISHED ||
         signal.handling() == v1::SIGNAL_HANDLING_DISMISSED;
}

// It waits for somebody.
bool IsOpen(const v1::Signal& signal) {
  return signal.in_force() && !signal.historical() && !IsDone(signal);
}

// The service announced something, nobody acted.
bool IsAnnouncement(v1::SignalChange change) {
  switch (change) {
    case v1::SIGNAL_CHANGE_RAISED:
    case v1::SIGNAL_CHANGE_REVISED:
    case v1::SIGNAL_CHANGE_WITHDRAWN:
    case v1::SIGNAL_CHANGE_SNOOZE_ENDED:
      return true;
    default:
      return false;
  }
}

// The lists that a signal stands in.
ListEntries ListsOf(absl::string_view tenant_id, const std::string& id,
                    const v1::Signal& signal) {
  const core::Micros since = core::ToMicros(signal.since());
  ListEntries out = {SignalListKey(AllSignalsPrefix(tenant_id), since, id)};
  if (!IsOpen(signal)) return out;
  out.push_back(SignalListKey(OpenSignalsPrefix(tenant_id), since, id));
  out.push_back(SignalListKey(OwnedSignalsPrefix(tenant_id, signal.owner_id()),
                              since, id));
  return out;
}

void Remove(const std::string& id, AnnouncedSignals& announced) {
  auto& in_force = *announced.mutable_in_force();
  in_force.erase(std::remove_if(in_force.begin(), in_force.end(),
                                [&](const auto& signal) {
                                  return signal.signal_id() == id;
                                }),
                 in_force.end());
}

void Insert(const std::string& id, const v1::Signal& signal,
            AnnouncedSignals& announced) {
  auto* out = announced.add_in_force();
  out->set_signal_id(id);
  out->set_rule_id(signal.rule_id());
  *out->mutable_anchor() = signal.anchor();
  out->set_severity(signal.severity());
  out->set_owner_id(signal.owner_id());
  out->set_since_us(core::ToMicros(signal.since()));
  if (!signal.deal_id().empty()) *out->mutable_journey() = signal.journey();
  if (signal.has_snoozed_until() && !IsDone(signal)) {
    out->set_snoozed_until_us(core::ToMicros(signal.snoozed_until()));
  }
}

}  // namespace

SignalChange::SignalChange(const ChangeContext& context, std::string log_id)
    : context_(context),
      log_id_(std::move(log_id)),
      tenant_id_(core::TenantOfSignalLog(log_id_)),
      resolver_(context.update, tenant_id_) {}

absl::Status SignalChange::Run() {
  storage::v1::TenantRecord record;
  for (const log::TenantEvents* part : parts_) {
    for (const log::LogEvent& event : part->events) {
      record.set_head_position(event.position);
      if (absl::Status status = Apply(*event.signal); !status.ok()) {
        return status;
      }
    }
    record.set_chain(part->chain);
  }
  if (absl::Status status = PutHomes(); !status.ok()) return status;
  context_.update.Put(Family::kDefault, TenantKey(log_id_),
                      record.SerializeAsString());
  return absl::OkStatus();
}

absl::Status SignalChange::Apply(const v1::SignalEvent& event) {
  const v1::Signal& after = event.signal();
  const std::string id = absl::HexStringToBytes(after.signal_id());
  const auto [it, is_first] = signals_.try_emplace(id);
  v1::Signal& known = it->second;
  bool existed = !is_first;
  if (is_first) {
    const auto found =
        context_.update.Get(Family::kLists, SignalKey(tenant_id_, id), known);
    if (!found.ok()) return found.status();
    existed = *found;
  }
  PutSignal(id, existed ? &known : nullptr, after);
  const core::Micros at =
      IsAnnouncement(event.change()) ? core::ToMicros(event.at()) : 0;
  if (existed && known.in_force()) {
    const auto announced = AnnouncedOf(known, at);
    if (!announced.ok()) return announced.status();
    Remove(id, **announced);
  }
  known = after;
  const auto announced = AnnouncedOf(after, at);
  if (!announced.ok()) return announced.status();
  if (after.in_force()) Insert(id, after, **announced);
  return absl::OkStatus();
}

void SignalChange::PutSignal(const std::string& id, const v1::Signal* before,
                             const v1::Signal& after) {
  const ListEntries old =
      before == nullptr ? ListEntries() : ListsOf(tenant_id_, id, *before);
  const ListEntries now = ListsOf(tenant_id_, id, after);
  PutLists(old, now, context_.update);
  context_.update.Put(Family::kLists, SignalKey(tenant_id_, id),
                      after.SerializeAsString());
}

absl::StatusOr<AnnouncedSignals*> SignalChange::AnnouncedOf(
    const v1::Signal& signal, core::Micros at) {
  const bool of_deal = !signal.deal_id().empty();
  const std::string key =
      of_deal ? signal.deal_id() : SubjectKey(tenant_id_, signal.journey());
  const auto [it, is_new] = (of_deal ? deals_ : journeys_).try_emplace(key);
  Announced& home = it->second;
  if (is_new) {
    const auto found =
        of_deal ? context_.update.Get(Family::kDeals, DealKey(tenant_id_, key),
                                      home.deal)
                : context_.update.Get(Family::kSubjects, key, home.subject);
    if (!found.ok()) return found.status();
    home.journey = signal.journey();
  }
  home.floor = std::max(home.floor, at);
  return of_deal ? home.deal.mutable_signals() : home.subject.mutable_signals();
}

absl::Status SignalChange::PutHomes() {
  for (auto& [deal_id, home] : deals_) {
    const Home of = HomeOf(deal_id, home.deal);
    const auto journey = resolver_.JourneyOf(of.subject, of.instant);
    if (!journey.ok()) return journey.status();
    SetTimer(context_, tenant_id_, deal_id, *journey, {0, home.floor},
             home.deal);
    context_.update.Put(Family::kDeals, DealKey(tenant_id_, deal_id),
                        home.deal.SerializeAsString());
  }
  for (auto& [key, home] : journeys_) {
    SetTimer(context_, tenant_id_, home.journey, {0, home.floor}, home.subject);
    context_.update.Put(Family::kSubjects, key,
                        home.subject.SerializeAsString());
  }
  return absl::OkStatus();
}

}  // namespace journey::views
