#include "service/views/views.h"

#include <atomic>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "service/core/errors.h"
#include "service/core/signal_log.h"
#include "service/core/sync.h"
#include "service/views/due_signals.h"
#include "service/views/full_set.h"
#include "service/views/head_listeners.h"
#include "service/views/inert_links.h"
#include "service/views/keys.h"
#include "service/views/log_reader.h"
#include "service/views/rules_activation.h"
#include "service/views/signal_change.h"
#include "service/views/tenant_change.h"
#include "service/views/view_queries.h"

namespace journey::views {
namespace {

// Raised whenever the views' layout, or what the folds conclude, changes: the
// views are then made anew from the log.
constexpr int kViewsFormatVersion = 10;

// Of the arena for what one batch changes, kept from batch to batch.
constexpr size_t kArenaBlockBytes = size_t{2} * 1024 * 1024;

class ViewsImpl final : public ViewQueries {
 public:
  ViewsImpl(ViewsOptions options, std::unique_ptr<ViewStore> store,
            storage::v1::Checkpoint checkpoint)
      : ViewQueries(options, std::move(store)),
        options_(std::move(options)),
        checkpoint_(std::move(checkpoint)),
        rules_activated_(checkpoint_.rules_activated_us()),
        group_(checkpoint_.group()),
        event_count_(checkpoint_.event_count()) {}

  // Nothing was ever written.
  [[nodiscard]] bool IsNew() const { return checkpoint_.format_version() == 0; }
  // Made by this format and rule set.
  [[nodiscard]] bool IsOurs() const {
    return checkpoint_.format_version() == kViewsFormatVersion &&
           checkpoint_.rule_set_sha256() == options_.rules->sha256();
  }
  // Makes a new store ours.
  absl::Status Begin(core::Micros rules_activated) {
    rules_activated_ = rules_activated;
    checkpoint_.set_rules_activated_us(rules_activated);
    checkpoint_.set_format_version(kViewsFormatVersion);
    checkpoint_.set_rule_set_sha256(options_.rules->sha256());
    checkpoint_.set_rule_set_id(options_.rules->rule_set().id());
    checkpoint_.set_rule_set_version(options_.rules->rule_set().version());
    // At once, so that it is still known after a crash on the way.
    Update update(store());
    update.Put(Family::kDefault, CheckpointKey(),
               checkpoint_.SerializeAsString());
    const absl::Status status = update.Commit();
    return status.ok() ? store().Flush() : status;
  }
  [[nodiscard]] const storage::v1::Checkpoint& checkpoint() const {
    return checkpoint_;
  }
  // Why the views are not ours, for the operator.
  [[nodiscard]] std::string WhyNotOurs() const;
  absl::Status Load();
  absl::Status CatchUp();

  bool IsFull(absl::string_view tenant_id, const v1::Subject& subject) override;
  absl::StatusOr<bool> IsInert(absl::string_view tenant_id,
                               const core::LinkRef& link) override {
    return IsInertLink(store(), full_links_, tenant_id, link);
  }

  absl::Status Apply(const log::CommitGroup& group) override {
    return ApplyAll(&group, 1);
  }

  int64_t group() const override { return group_; }
  int64_t event_count() const override { return event_count_; }
  int64_t tenant_count() const override { return tenant_count_; }
  int64_t unknown_stage_deal_count() const override {
    return unknown_stage_deal_count_;
  }

  absl::StatusOr<std::vector<DueSignalEvents>> DueSignals(
      core::Micros now, int homes_max) const override {
    return CollectDueSignals(context(), first_timer(), rules_activated_, now,
                             homes_max);
  }

  int64_t Listen(absl::string_view tenant_id, HeadListener listener) override {
    return listeners_.Add(tenant_id, std::move(listener));
  }
  void Unlisten(int64_t id) override { listeners_.Remove(id); }

  absl::Status Close() override { return store().Flush(); }

 private:
  absl::Status ApplyAll(const log::CommitGroup* groups, size_t count);
  void Publish(const std::map<std::string, TenantChange>& changes,
               const std::map<std::string, SignalChange>& signals);

  const ViewsOptions options_;
  // Touched only by the applying thread, once the views are open.
  storage::v1::Checkpoint checkpoint_;
  NewestLinks newest_links_;
  std::vector<char> arena_block_ = std::vector<char>(kArenaBlockBytes);

  // When these rules took the place of others; 0 when they did not. Does not
  // change once the views are open.
  core::Micros rules_activated_;

  std::atomic<int64_t> group_;
  std::atomic<int64_t> event_count_;
  std::atomic<int64_t> tenant_count_ = 0;
  std::atomic<int64_t> unknown_stage_deal_count_ = 0;

  FullSet full_subjects_;
  // Subjects with all links, or all linked, that they may have.
  FullSet full_links_;

  HeadListeners listeners_;
};

std::string ViewsImpl::WhyNotOurs() const {
  if (checkpoint_.format_version() != kViewsFormatVersion) {
    return "the views have another format";
  }
  const v1::RuleSet& rules = options_.rules->rule_set();
  if (checkpoint_.rule_set_id() != rules.id() ||
      checkpoint_.rule_set_version() != rules.version()) {
    return "the views were made by another rule set";
  }
  return absl::StrCat("the rule set \"", rules.id(),
                      "\" has changed, but its version is still ",
                      rules.version(), " (raise it with every change)");
}

// Reads what is kept in memory.
absl::Status ViewsImpl::Load() {
  const Snapshot snapshot(store());
  absl::Status parsed;
  absl::Status status = snapshot.ScanPrefix(
      Family::kDefault, TenantsPrefix(),
      [&](absl::string_view log_id, absl::string_view value) {
        if (core::IsSignalLog(log_id)) return true;
        storage::v1::TenantRecord tenant;
        parsed = Parse(value, tenant);
        ++tenant_count_;
        unknown_stage_deal_count_ += tenant.unknown_stage_deal_count();
        return parsed.ok();
      });
  if (status.ok()) status = parsed;
  if (!status.ok()) return status;
  const auto load = [&](const std::string& prefix, FullSet& full) {
    return snapshot.ScanPrefix(Family::kDefault, prefix,
                               [&](absl::string_view key, absl::string_view) {
                                 full.Insert(key);
                                 return true;
                               });
  };
  status = load(FullSubjectsPrefix(), full_subjects_);
  return status.ok() ? load(FullLinksPrefix(), full_links_) : status;
}

// Replays the log from the checkpoint to its head, many groups at a time.
absl::Status ViewsImpl::CatchUp() {
  const int64_t head = options_.log->head_group();
  if (checkpoint_.group() > head) {
    return core::DamagedError(
        absl::StrCat("the event log ends at commit group ", head,
                     ", but the views contain group ", checkpoint_.group(),
                     ": acknowledged events are missing from the log"));
  }
  const int64_t first = checkpoint_.group();
  LogReader reader(*options_.log, store(), first + 1, head);
  while (checkpoint_.group() < head) {
    const auto groups = reader.Next();
    if (!groups.ok()) return groups.status();
    absl::Status status = ApplyAll(groups->data(), groups->size());
    if (!status.ok()) return status;
    if (options_.on_progress) {
      options_.on_progress(checkpoint_.group() - first, head - first);
    }
  }
  return absl::OkStatus();
}

absl::Status ViewsImpl::ApplyAll(const log::CommitGroup* groups, size_t count) {
  Update update(store());
  google::protobuf::ArenaOptions arena_options;
  arena_options.initial_block = arena_block_.data();
  arena_options.initial_block_size = arena_block_.size();
  google::protobuf::Arena arena(arena_options);
  core::Micros first_put = core::kNever;
  const ChangeContext context{*options_.log,    *options_.rules,
                              update,           arena,
                              newest_links_,    options_.snapshot_touchpoints,
                              rules_activated_, first_put};
  std::map<std::string, TenantChange> changes;
  std::map<std::string, SignalChange> signals;
  int64_t events = 0;
  for (size_t i = 0; i < count; ++i) {
    events += groups[i].event_count();
    for (const log::TenantEvents& tenant : groups[i].tenants) {
      if (core::IsSignalLog(tenant.tenant_id)) {
        signals.try_emplace(tenant.tenant_id, context, tenant.tenant_id)
            .first->second.Add(tenant);
        continue;
      }
      changes.try_emplace(tenant.tenant_id, context, tenant.tenant_id)
          .first->second.Add(tenant);
    }
  }
  for (auto& [tenant_id, change] : changes) {
    if (absl::Status status = change.Run(); !status.ok()) {
      return status;
    }
  }
  // Announcements are about what was there before.
  for (auto& [log_id, change] : signals) {
    if (absl::Status status = change.Run(); !status.ok()) return status;
  }
  checkpoint_.set_group(groups[count - 1].number);
  checkpoint_.set_event_count(checkpoint_.event_count() + events);
  update.Put(Family::kDefault, CheckpointKey(),
             checkpoint_.SerializeAsString());
  if (absl::Status status = update.Commit(); !status.ok()) return status;
  first_timer().Put(first_put);
  Publish(changes, signals);
  return absl::OkStatus();
}

void ViewsImpl::Publish(const std::map<std::string, TenantChange>& changes,
                        const std::map<std::string, SignalChange>& signals) {
  group_ = checkpoint_.group();
  event_count_ = checkpoint_.event_count();
  for (const auto& [tenant_id, change] : changes) {
    if (change.is_new_tenant()) ++tenant_count_;
    unknown_stage_deal_count_ += change.unknown_stage_deals_added();
    for (const v1::Subject& subject : change.full_subjects()) {
      full_subjects_.Insert(SubjectKey(tenant_id, subject));
    }
    for (const auto& [subject, is_full] : change.full_links()) {
      const std::string key = SubjectKey(tenant_id, subject);
      if (is_full) {
        full_links_.Insert(key);
      } else {
        full_links_.Erase(key);
      }
    }
  }
  listeners_.Notify([&](const std::string& log_id) {
    return changes.count(log_id) > 0 || signals.count(log_id) > 0;
  });
}

bool ViewsImpl::IsFull(absl::string_view tenant_id,
                       const v1::Subject& subject) {
  return !full_subjects_.is_empty() &&
         full_subjects_.Contains(SubjectKey(tenant_id, subject));
}

// Opens the store as it was left.
absl::StatusOr<std::unique_ptr<ViewsImpl>> OpenStore(ViewsOptions options) {
  auto store = ViewStore::Open(options);
  if (!store.ok()) return store.status();
  storage::v1::Checkpoint checkpoint;
  const auto found =
      Snapshot(**store).Get(Family::kDefault, CheckpointKey(), checkpoint);
  if (!found.ok()) return found.status();
  auto views = std::make_unique<ViewsImpl>(
      std::move(options), *std::move(store), std::move(checkpoint));
  const absl::Status status =
      views->IsOurs() ? views->Load() : absl::OkStatus();
  if (!status.ok()) return status;
  return views;
}

// Why the views must be made anew, for the operator; empty where there is
// nothing to tell.
std::string WhyAnew(const absl::StatusOr<std::unique_ptr<ViewsImpl>>& views) {
  if (!views.ok()) {
    return absl::StrCat(
        "the views are damaged, making them anew from the log: ",
        views.status().message());
  }
  if ((*views)->IsNew()) return "";
  return absl::StrCat((*views)->WhyNotOurs(),
                      ": making the views anew from the log");
}

}  // namespace

absl::StatusOr<std::unique_ptr<Views>> Views::Open(ViewsOptions options) {
  auto views = OpenStore(options);
  if (!views.ok() && !absl::IsDataLoss(views.status())) return views.status();
  // Written down before the views, which say so too, are destroyed.
  const auto activated = KeepRulesActivation(
      options, views.ok() ? &(*views)->checkpoint() : nullptr);
  if (!activated.ok()) return activated.status();
  if (!views.ok() || !(*views)->IsOurs()) {
    const std::string notice = WhyAnew(views);
    if (!notice.empty() && options.on_notice) options.on_notice(notice);
    views = nullptr;
    absl::Status status = ViewStore::Destroy(options);
    if (!status.ok()) return status;
    views = OpenStore(std::move(options));
    if (!views.ok()) return views.status();
    status = (*views)->Begin(*activated);
    if (!status.ok()) return status;
  }
  // What is damaged from here on may be the log.
  absl::Status status = (*views)->CatchUp();
  if (!status.ok()) return status;
  return std::unique_ptr<Views>(*std::move(views));
}

}  // namespace journey::views
