#include "service/views/signal_keys.h"

#include "absl/strings/str_cat.h"
#include "service/views/keys.h"

namespace journey::views {
namespace {

constexpr char kJourneyTag = 'j';
constexpr char kDealTag = 'd';

}  // namespace

std::string SignalKey(absl::string_view tenant_id,
                      absl::string_view signal_id) {
  return absl::StrCat("b", TenantPrefix(tenant_id), signal_id);
}

std::string AllSignalsPrefix(absl::string_view tenant_id) {
  return absl::StrCat("v", TenantPrefix(tenant_id));
}

std::string OpenSignalsPrefix(absl::string_view tenant_id) {
  return absl::StrCat("w", TenantPrefix(tenant_id));
}

std::string OwnedSignalsPrefix(absl::string_view tenant_id,
                               absl::string_view owner_id) {
  std::string key = absl::StrCat("x", TenantPrefix(tenant_id));
  AppendText(owner_id, key);
  return key;
}

std::string SignalListKey(std::string prefix, core::Micros since,
                          absl::string_view signal_id) {
  AppendInstant(since, prefix);
  absl::StrAppend(&prefix, signal_id);
  return prefix;
}

std::optional<SignalListEntry> ParseSignalList(absl::string_view suffix) {
  SignalListEntry entry;
  if (!ConsumeInstant(suffix, entry.since)) return std::nullopt;
  entry.signal_id = std::string(suffix);
  return entry;
}

std::string PlannedTasksPrefix(absl::string_view tenant_id) {
  return absl::StrCat("y", TenantPrefix(tenant_id));
}

std::string OwnedTasksPrefix(absl::string_view tenant_id,
                             absl::string_view owner_id) {
  std::string key = absl::StrCat("z", TenantPrefix(tenant_id));
  AppendText(owner_id, key);
  return key;
}

std::string PlannedTaskKey(std::string prefix, core::Micros due,
                           const v1::Subject& journey,
                           absl::string_view task_id) {
  AppendInstant(due, prefix);
  AppendSubject(journey, prefix);
  absl::StrAppend(&prefix, task_id);
  return prefix;
}

std::optional<PlannedTaskEntry> ParsePlannedTask(absl::string_view suffix) {
  PlannedTaskEntry entry;
  if (!ConsumeInstant(suffix, entry.due) ||
      !ConsumeSubject(suffix, entry.journey)) {
    return std::nullopt;
  }
  entry.task_id = std::string(suffix);
  return entry;
}

std::string TimersPrefix() { return "u"; }

std::string TimerKey(core::Micros due, absl::string_view tenant_id,
                     const SignalHome& home) {
  std::string key = TimersPrefix();
  AppendInstant(due, key);
  AppendText(tenant_id, key);
  if (home.deal_id.empty()) {
    key.push_back(kJourneyTag);
    AppendSubject(home.journey, key);
  } else {
    key.push_back(kDealTag);
    key.append(home.deal_id);
  }
  return key;
}

std::optional<Timer> ParseTimer(absl::string_view suffix) {
  Timer timer;
  if (!ConsumeInstant(suffix, timer.due) ||
      !ConsumeText(suffix, timer.tenant_id) || suffix.empty()) {
    return std::nullopt;
  }
  const char tag = suffix.front();
  suffix.remove_prefix(1);
  if (tag == kDealTag) {
    timer.home.deal_id = std::string(suffix);
  } else if (!ConsumeSubject(suffix, timer.home.journey)) {
    return std::nullopt;
  }
  return timer;
}

}  // namespace journey::views
