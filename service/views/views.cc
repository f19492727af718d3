#include "service/views/views.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "service/core/errors.h"
#include "service/core/limits.h"
#include "service/core/signal_log.h"
#include "service/core/sync.h"
#include "service/core/time.h"
#include "service/views/contact_queries.h"
#include "service/views/deal_queries.h"
#include "service/views/diff_queries.h"
#include "service/views/digest.h"
#include "service/views/due_signals.h"
#include "service/views/explain_queries.h"
#include "service/views/full_set.h"
#include "service/views/head_listeners.h"
#include "service/views/identity_queries.h"
#include "service/views/inert_links.h"
#include "service/views/journey_queries.h"
#include "service/views/keys.h"
#include "service/views/log_reader.h"
#include "service/views/segment_queries.h"
#include "service/views/signal_change.h"
#include "service/views/signal_queries.h"
#include "service/views/task_queries.h"
#include "service/views/tenant_change.h"
#include "service/views/ticket_queries.h"
#include "service/views/timeline.h"
#include "service/views/view_store.h"

namespace journey::views {
namespace {

// Raised whenever the views' layout, or what the folds conclude, changes: the
// views are then made anew from the log.
constexpr int kViewsFormatVersion = 8;

// Of the arena for what one batch changes, kept from batch to batch.
constexpr size_t kArenaBlockBytes = size_t{2} * 1024 * 1024;

class ViewsImpl final : public Views {
 public:
  ViewsImpl(ViewsOptions options, std::unique_ptr<ViewStore> store,
            storage::v1::Checkpoint checkpoint)
      : options_(std::move(options)),
        store_(std::move(store)),
        context_{store_.get(), options_.log, options_.rules.get(),
                 options_.clock},
        checkpoint_(std::move(checkpoint)),
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
    checkpoint_.set_rules_activated_us(rules_activated);
    checkpoint_.set_format_version(kViewsFormatVersion);
    checkpoint_.set_rule_set_sha256(options_.rules->sha256());
    checkpoint_.set_rule_set_id(options_.rules->rule_set().id());
    checkpoint_.set_rule_set_version(options_.rules->rule_set().version());
    // At once, so that it is still known after a crash on the way.
    Update update(*store_);
    update.Put(Family::kDefault, CheckpointKey(),
               checkpoint_.SerializeAsString());
    const absl::Status status = update.Commit();
    return status.ok() ? store_->Flush() : status;
  }
  // When the rules that are used now took the place of others; 0 when these
  // were the first.
  [[nodiscard]] core::Micros RulesActivated() const {
    if (IsNew()) return 0;
    return checkpoint_.rule_set_sha256() == options_.rules->sha256()
               ? checkpoint_.rules_activated_us()
               : options_.clock->Now();
  }
  // Why the views are not ours, for the operator.
  [[nodiscard]] std::string WhyNotOurs() const;
  absl::Status Load();
  absl::Status CatchUp();

  absl::StatusOr<log::TenantHead> Head(absl::string_view tenant_id) override;
  absl::StatusOr<std::vector<log::IdEntry>> Ids(
      absl::string_view tenant_id,
      const std::vector<std::pair<absl::string_view, absl::string_view>>& ids)
      override;
  absl::StatusOr<int64_t> SubjectVersion(absl::string_view tenant_id,
                                         const v1::Subject& subject) override;
  bool IsFull(absl::string_view tenant_id, const v1::Subject& subject) override;
  absl::StatusOr<bool> IsInert(absl::string_view tenant_id,
                               const core::LinkRef& link) override {
    return IsInertLink(*store_, full_links_, tenant_id, link);
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

  absl::StatusOr<v1::GetJourneyResponse> GetJourney(
      const v1::GetJourneyRequest& request,
      const StillWanted& still_wanted) const override {
    return views::GetJourney(Context(still_wanted), request);
  }
  absl::StatusOr<v1::BatchGetJourneysResponse> BatchGetJourneys(
      const v1::BatchGetJourneysRequest& request,
      const StillWanted& still_wanted) const override {
    return views::BatchGetJourneys(Context(still_wanted), request);
  }
  absl::StatusOr<v1::ListJourneysResponse> ListJourneys(
      const v1::ListJourneysRequest& request,
      const StillWanted& still_wanted) const override {
    return views::ListJourneys(Context(still_wanted), request);
  }
  absl::StatusOr<v1::GetTimelineResponse> GetTimeline(
      const v1::GetTimelineRequest& request,
      const StillWanted& still_wanted) const override {
    return views::GetTimeline(Context(still_wanted), request);
  }
  absl::StatusOr<v1::DiffJourneyResponse> DiffJourney(
      const v1::DiffJourneyRequest& request,
      const StillWanted& still_wanted) const override {
    return views::DiffJourney(Context(still_wanted), request);
  }
  absl::StatusOr<v1::ExplainJourneyResponse> ExplainJourney(
      const v1::ExplainJourneyRequest& request,
      const StillWanted& still_wanted) const override {
    return views::ExplainJourney(Context(still_wanted), request);
  }
  absl::StatusOr<v1::ListContactsResponse> ListContacts(
      const v1::ListContactsRequest& request,
      const StillWanted& still_wanted) const override {
    return views::ListContacts(Context(still_wanted), request);
  }
  absl::StatusOr<v1::GetPlanResponse> GetPlan(
      const v1::GetPlanRequest& request,
      const StillWanted& still_wanted) const override {
    return views::GetPlan(Context(still_wanted), request);
  }
  absl::StatusOr<v1::CountSegmentsResponse> CountSegments(
      const v1::CountSegmentsRequest& request,
      const StillWanted& still_wanted) const override {
    return views::CountSegments(Context(still_wanted), request);
  }
  absl::StatusOr<v1::ResolveResponse> Resolve(
      const v1::ResolveRequest& request,
      const StillWanted& still_wanted) const override {
    return views::Resolve(Context(still_wanted), request);
  }
  absl::StatusOr<v1::GetDealResponse> GetDeal(
      const v1::GetDealRequest& request,
      const StillWanted& still_wanted) const override {
    return views::GetDeal(Context(still_wanted), request);
  }
  absl::StatusOr<v1::ListDealsResponse> ListDeals(
      const v1::ListDealsRequest& request,
      const StillWanted& still_wanted) const override {
    return views::ListDeals(Context(still_wanted), request);
  }
  absl::StatusOr<v1::ListStalledDealsResponse> ListStalledDeals(
      const v1::ListStalledDealsRequest& request,
      const StillWanted& still_wanted) const override {
    return views::ListStalledDeals(Context(still_wanted), request);
  }
  absl::StatusOr<v1::GetBoardResponse> GetBoard(
      const v1::GetBoardRequest& request,
      const StillWanted& still_wanted) const override {
    return views::GetBoard(Context(still_wanted), request);
  }
  absl::StatusOr<v1::GetTicketResponse> GetTicket(
      const v1::GetTicketRequest& request,
      const StillWanted& still_wanted) const override {
    return views::GetTicket(Context(still_wanted), request);
  }
  absl::StatusOr<v1::ListTicketsResponse> ListTickets(
      const v1::ListTicketsRequest& request,
      const StillWanted& still_wanted) const override {
    return views::ListTickets(Context(still_wanted), request);
  }

  absl::StatusOr<v1::ListSignalsResponse> ListSignals(
      const v1::ListSignalsRequest& request,
      const StillWanted& still_wanted) const override {
    return views::ListSignals(Context(still_wanted), request);
  }
  absl::StatusOr<v1::ListTasksResponse> ListTasks(
      const v1::ListTasksRequest& request,
      const StillWanted& still_wanted) const override {
    return views::ListTasks(Context(still_wanted), request);
  }
  absl::StatusOr<std::vector<DueSignalEvents>> DueSignals(
      core::Micros now, int homes_max) const override {
    return CollectDueSignals(context_, checkpoint_.rules_activated_us(), now,
                             homes_max);
  }
  core::Micros SignalLag() const override {
    const core::Micros now = options_.clock->Now();
    const auto oldest = OldestDueSignal(*store_, "", now);
    return oldest.ok() && *oldest != core::kNever ? now - *oldest : 0;
  }
  absl::StatusOr<std::optional<v1::Signal>> FindSignal(
      absl::string_view tenant_id, absl::string_view signal_id) const override;

  absl::StatusOr<std::optional<v1::TenantStatus>> GetTenant(
      absl::string_view tenant_id) const override;
  absl::StatusOr<std::vector<int64_t>> SubjectPositions(
      absl::string_view tenant_id, const v1::Subject& subject) const override;

  int64_t Listen(absl::string_view tenant_id, HeadListener listener) override {
    return listeners_.Add(tenant_id, std::move(listener));
  }
  void Unlisten(int64_t id) override { listeners_.Remove(id); }

  absl::StatusOr<std::string> ConclusionsDigest(
      core::Micros as_of) const override {
    return DigestConclusions(context_, as_of);
  }
  uint64_t IntProperty(const std::string& property) const override {
    return store_->IntProperty(property);
  }
  uint64_t DiskBytes() const override {
    return store_->IntProperty("rocksdb.total-sst-files-size");
  }
  absl::Status Close() override { return store_->Flush(); }

 private:
  [[nodiscard]] QueryContext Context(const StillWanted& still_wanted) const {
    QueryContext context = context_;
    context.still_wanted = still_wanted;
    return context;
  }
  absl::Status ApplyAll(const log::CommitGroup* groups, size_t count);
  void Publish(const std::map<std::string, TenantChange>& changes,
               const std::map<std::string, SignalChange>& signals);

  const ViewsOptions options_;
  const std::unique_ptr<ViewStore> store_;
  const QueryContext context_;

  // Touched only by the applying thread.
  storage::v1::Checkpoint checkpoint_;
  NewestLinks newest_links_;
  std::vector<char> arena_block_ = std::vector<char>(kArenaBlockBytes);

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
  const Snapshot snapshot(*store_);
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
  LogReader reader(*options_.log, *store_, first + 1, head);
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
  Update update(*store_);
  google::protobuf::ArenaOptions arena_options;
  arena_options.initial_block = arena_block_.data();
  arena_options.initial_block_size = arena_block_.size();
  google::protobuf::Arena arena(arena_options);
  const ChangeContext context{*options_.log,
                              *options_.rules,
                              update,
                              arena,
                              newest_links_,
                              options_.snapshot_touchpoints,
                              checkpoint_.rules_activated_us()};
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

absl::StatusOr<log::TenantHead> ViewsImpl::Head(absl::string_view tenant_id) {
  storage::v1::TenantRecord record;
  const auto found =
      Snapshot(*store_).Get(Family::kDefault, TenantKey(tenant_id), record);
  if (!found.ok()) return found.status();
  return log::TenantHead{record.head_position(), record.chain()};
}

absl::StatusOr<std::vector<log::IdEntry>> ViewsImpl::Ids(
    absl::string_view tenant_id,
    const std::vector<std::pair<absl::string_view, absl::string_view>>& ids) {
  std::vector<std::string> keys;
  keys.reserve(ids.size());
  for (const auto& [source, touchpoint_id] : ids) {
    keys.push_back(IdKey(tenant_id, source, touchpoint_id));
  }
  std::vector<log::IdEntry> entries;
  if (const absl::Status status = Snapshot(*store_).ReadIds(keys, entries);
      !status.ok()) {
    return status;
  }
  return entries;
}

absl::StatusOr<int64_t> ViewsImpl::SubjectVersion(absl::string_view tenant_id,
                                                  const v1::Subject& subject) {
  storage::v1::SubjectRecord record;
  const auto found = Snapshot(*store_).Get(
      Family::kSubjects, SubjectKey(tenant_id, subject), record);
  if (!found.ok()) return found.status();
  return record.version();
}

bool ViewsImpl::IsFull(absl::string_view tenant_id,
                       const v1::Subject& subject) {
  return !full_subjects_.is_empty() &&
         full_subjects_.Contains(SubjectKey(tenant_id, subject));
}

absl::StatusOr<std::optional<v1::TenantStatus>> ViewsImpl::GetTenant(
    absl::string_view tenant_id) const {
  storage::v1::TenantRecord record;
  const auto found =
      Snapshot(*store_).Get(Family::kDefault, TenantKey(tenant_id), record);
  if (!found.ok()) return found.status();
  std::optional<v1::TenantStatus> out;
  if (!*found) return out;
  out.emplace();
  out->set_tenant_id(std::string(tenant_id));
  out->set_head_position(record.head_position());
  *out->mutable_newest_occurred_at() =
      core::ToTimestamp(record.newest_occurred_us());
  out->set_journey_count(record.journey_count());
  out->set_deal_count(record.deal_count());
  storage::v1::TenantRecord signals;
  const auto has_signals = Snapshot(*store_).Get(
      Family::kDefault, TenantKey(core::SignalLogOf(tenant_id)), signals);
  if (!has_signals.ok()) return has_signals.status();
  out->set_signal_position(signals.head_position());
  const auto oldest =
      OldestDueSignal(*store_, tenant_id, options_.clock->Now());
  if (!oldest.ok()) return oldest.status();
  if (*oldest != core::kNever) {
    *out->mutable_oldest_unannounced_at() = core::ToTimestamp(*oldest);
  }
  out->set_unknown_stage_deal_count(record.unknown_stage_deal_count());
  out->set_ticket_count(record.ticket_count());
  return out;
}

absl::StatusOr<std::optional<v1::Signal>> ViewsImpl::FindSignal(
    absl::string_view tenant_id, absl::string_view signal_id) const {
  v1::Signal signal;
  const auto found = Snapshot(*store_).Get(
      Family::kLists, SignalKey(tenant_id, absl::HexStringToBytes(signal_id)),
      signal);
  if (!found.ok()) return found.status();
  if (!*found) return std::optional<v1::Signal>();
  return std::optional<v1::Signal>(std::move(signal));
}

absl::StatusOr<std::vector<int64_t>> ViewsImpl::SubjectPositions(
    absl::string_view tenant_id, const v1::Subject& subject) const {
  const Snapshot snapshot(*store_);
  std::vector<int64_t> positions;
  const absl::Status status = snapshot.ScanTouchpoints(
      SubjectKey(tenant_id, subject), 0, [&](const TouchpointRow& row) {
        positions.push_back(row.position);
        if (row.retraction_position != 0) {
          positions.push_back(row.retraction_position);
        }
        return true;
      });
  if (!status.ok()) return status;
  std::sort(positions.begin(), positions.end());
  return positions;
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
  if (!views.ok() || !(*views)->IsOurs()) {
    const core::Micros activated = views.ok() ? (*views)->RulesActivated() : 0;
    const std::string notice = WhyAnew(views);
    if (!notice.empty() && options.on_notice) options.on_notice(notice);
    views = nullptr;
    absl::Status status = ViewStore::Destroy(options);
    if (!status.ok()) return status;
    views = OpenStore(std::move(options));
    if (!views.ok()) return views.status();
    status = (*views)->Begin(activated);
    if (!status.ok()) return status;
  }
  // What is damaged from here on may be the log.
  absl::Status status = (*views)->CatchUp();
  if (!status.ok()) return status;
  return std::unique_ptr<Views>(*std::move(views));
}

}  // namespace journey::views
