#include "service/views/task_queries.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/protobuf/util/message_differencer.h"
#include "service/core/errors.h"
#include "service/core/limits.h"
#include "service/core/time.h"
#include "service/core/touchpoint.h"
#include "service/views/keys.h"
#include "service/views/page.h"
#include "service/views/signal_keys.h"

namespace journey::views {
namespace {

// Where tasks come from. At one instant planned ones come first.
enum class Origin : char { kPlanned = 'p', kSignal = 's' };

// Of a place, where the tag of the origin stands.
constexpr size_t kTagAt = sizeof(core::Micros);

// One task, and its place in the merged list: when it is due, its origin, and
// the rest of the key it was found by.
struct Found {
  std::string place;
  v1::ActionItem item;
};

std::string PlaceOf(absl::string_view suffix, Origin origin) {
  const char tag = static_cast<char>(origin);
  return absl::StrCat(suffix.substr(0, kTagAt), absl::string_view(&tag, 1),
                      suffix.substr(std::min(kTagAt, suffix.size())));
}

// The first key of an origin's list behind a place of the merged list.
std::string KeyBehind(const std::string& prefix, absl::string_view place,
                      Origin origin) {
  std::string key = absl::StrCat(prefix, place.substr(0, kTagAt));
  // At an instant without a tag nothing was shown yet.
  if (place.size() <= kTagAt) return key;
  const char tag = static_cast<char>(origin);
  if (tag > place[kTagAt]) return key;
  if (tag < place[kTagAt]) return PrefixEnd(key);
  absl::StrAppend(&key, place.substr(kTagAt + 1));
  key.push_back('\0');
  return key;
}

// Lists tasks for one request.
class TaskLister {
 public:
  TaskLister(Reader& reader, const v1::ListTasksRequest& request,
             const Page& page)
      : reader_(reader), request_(request), page_(page) {}

  absl::StatusOr<v1::ListTasksResponse> Run();

 private:
  absl::Status Collect(Origin origin);
  absl::StatusOr<std::optional<v1::ActionItem>> Load(Origin origin,
                                                     absl::string_view suffix);
  absl::StatusOr<std::optional<v1::ActionItem>> LoadSignal(
      absl::string_view suffix);
  absl::StatusOr<std::optional<v1::ActionItem>> LoadPlanned(
      absl::string_view suffix);
  absl::Status AddTouchpoint(v1::PlannedTask& task);
  [[nodiscard]] std::string PrefixOf(Origin origin) const;
  [[nodiscard]] bool HasAttributes(
      const google::protobuf::Struct& attributes) const;

  Reader& reader_;
  const v1::ListTasksRequest& request_;
  const Page& page_;
  std::vector<Found> found_;
  // Where a scan was cut short, the last place that it looked at: up to there
  // all tasks of its origin are found. Of two scans the earlier place.
  std::optional<std::string> horizon_;
};

std::string TaskLister::PrefixOf(Origin origin) const {
  const std::string& tenant_id = reader_.tenant_id();
  const std::string& owner_id = request_.owner_id();
  if (origin == Origin::kSignal) {
    return owner_id.empty() ? OpenSignalsPrefix(tenant_id)
                            : OwnedSignalsPrefix(tenant_id, owner_id);
  }
  return owner_id.empty() ? PlannedTasksPrefix(tenant_id)
                          : OwnedTasksPrefix(tenant_id, owner_id);
}

bool TaskLister::HasAttributes(
    const google::protobuf::Struct& attributes) const {
  for (const auto& [key, wanted] : request_.attributes().fields()) {
    const auto it = attributes.fields().find(key);
    if (it == attributes.fields().end() ||
        !google::protobuf::util::MessageDifferencer::Equals(it->second,
                                                            wanted)) {
      return false;
    }
  }
  return true;
}

absl::StatusOr<std::optional<v1::ActionItem>> TaskLister::LoadSignal(
    absl::string_view suffix) {
  std::optional<v1::ActionItem> out;
  const auto entry = ParseSignalList(suffix);
  if (!entry.has_value()) {
    return core::DamagedError("views: a key of a list is damaged");
  }
  v1::ActionItem item;
  v1::Signal& signal = *item.mutable_signal();
  const auto found = reader_.snapshot().Get(
      Family::kLists, SignalKey(reader_.tenant_id(), entry->signal_id), signal);
  if (!found.ok()) return found.status();
  const auto& types = request_.types();
  if (!*found || signal.action().empty() ||
      signal.priority() < request_.priority_min() ||
      !HasAttributes(signal.attributes()) ||
      (!types.empty() &&
       std::find(types.begin(), types.end(), signal.type()) == types.end())) {
    return out;
  }
  *item.mutable_due_at() = signal.since();
  out = std::move(item);
  return out;
}

absl::StatusOr<std::optional<v1::ActionItem>> TaskLister::LoadPlanned(
    absl::string_view suffix) {
  std::optional<v1::ActionItem> out;
  const auto entry = ParsePlannedTask(suffix);
  if (!entry.has_value()) {
    return core::DamagedError("views: a key of a list is damaged");
  }
  const auto record = reader_.SubjectRecordOf(entry->journey);
  if (!record.ok()) return record.status();
  for (const auto& state : record->journey().planned_tasks()) {
    if (state.task_id() != entry->task_id) continue;
    v1::ActionItem item;
    v1::PlannedTask& task = *item.mutable_planned();
    task.set_task_id(state.task_id());
    *task.mutable_journey() = entry->journey;
    task.set_deal_id(state.deal_id());
    task.set_owner_id(state.owner_id());
    task.set_plan_activity_id(state.plan_activity_id());
    *task.mutable_cause() = state.planned().ref();
    if (state.due_us() != 0) {
      *task.mutable_due_at() = core::ToTimestamp(state.due_us());
      *item.mutable_due_at() = task.due_at();
    }
    if (absl::Status status = AddTouchpoint(task); !status.ok()) return status;
    if (HasAttributes(task.attributes())) out = std::move(item);
  }
  return out;
}

// What only the touchpoint says that planned a task last.
absl::Status TaskLister::AddTouchpoint(v1::PlannedTask& task) {
  std::vector<log::IdEntry> entries;
  absl::Status status = reader_.snapshot().ReadIds(
      {IdKey(reader_.tenant_id(), task.cause().source(),
             task.cause().touchpoint_id())},
      entries);
  if (!status.ok()) return status;
  const auto events = reader_.log().ReadPositions(reader_.tenant_id(),
                                                  {entries.front().position});
  if (!events.ok()) return events.status();
  const v1::Touchpoint& touchpoint = *events->front().touchpoint;
  task.set_title(touchpoint.task().title());
  if (touchpoint.has_attributes()) {
    *task.mutable_attributes() = touchpoint.attributes();
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<v1::ActionItem>> TaskLister::Load(
    Origin origin, absl::string_view suffix) {
  return origin == Origin::kSignal ? LoadSignal(suffix) : LoadPlanned(suffix);
}

// Finds the tasks of one origin behind the page before, one more than a page
// holds. Looks at one entry at least, so that each page gets further.
absl::Status TaskLister::Collect(Origin origin) {
  const std::string prefix = PrefixOf(origin);
  const std::string first = KeyBehind(prefix, page_.after, origin);
  std::string end = PrefixEnd(prefix);
  if (request_.has_due_by()) {
    end = prefix;
    AppendInstant(core::ToMicros(request_.due_by()) + 1, end);
  }
  if (first >= end) return absl::OkStatus();
  int matching = 0;
  int scanned = 0;
  std::string last;
  bool is_cut = false;
  absl::Status status;
  const absl::Status scan = reader_.snapshot().Scan(
      Family::kLists, first, end,
      [&](absl::string_view key, absl::string_view) {
        if (matching > page_.size || scanned == core::kListEntriesScannedMax ||
            (scanned > 0 && !reader_.CheckBudget().ok())) {
          is_cut = true;
          return false;
        }
        ++scanned;
        status = reader_.CheckWanted();
        if (!status.ok()) return false;
        key.remove_prefix(prefix.size());
        last = PlaceOf(key, origin);
        auto item = Load(origin, key);
        status = item.status();
        if (status.ok() && item->has_value()) {
          ++matching;
          found_.push_back({last, **std::move(item)});
        }
        return status.ok();
      });
  if (is_cut && (!horizon_.has_value() || last < *horizon_)) {
    horizon_ = std::move(last);
  }
  return status.ok() ? scan : status;
}

absl::StatusOr<v1::ListTasksResponse> TaskLister::Run() {
  absl::Status status = Collect(Origin::kSignal);
  const bool wants_planned =
      request_.types().empty() &&
      request_.priority_min() <= v1::SIGNAL_PRIORITY_NORMAL;
  if (status.ok() && wants_planned) status = Collect(Origin::kPlanned);
  if (!status.ok()) return status;
  std::sort(found_.begin(), found_.end(),
            [](const Found& a, const Found& b) { return a.place < b.place; });
  v1::ListTasksResponse response;
  PageBytes bytes;
  std::string last_place;
  for (Found& each : found_) {
    if (horizon_.has_value() && each.place > *horizon_) break;
    if (response.items_size() == page_.size || bytes.is_full()) {
      response.set_next_page_token(NextPageToken(page_, "tasks", last_place));
      return response;
    }
    bytes.Add(each.item);
    last_place = each.place;
    each.item.set_overdue(each.item.has_due_at() &&
                          core::ToMicros(each.item.due_at()) <= page_.now);
    *response.add_items() = std::move(each.item);
  }
  if (horizon_.has_value()) {
    response.set_next_page_token(NextPageToken(page_, "tasks", *horizon_));
  }
  return response;
}

}  // namespace

absl::StatusOr<v1::ListTasksResponse> ListTasks(
    const QueryContext& context, const v1::ListTasksRequest& request) {
  const auto page = PageOf(request, context.clock->Now());
  if (!page.ok()) return page.status();
  const auto reader =
      Reader::Make(context, request.tenant_id(), std::nullopt, page->now);
  if (!reader.ok()) return reader.status();
  return TaskLister(**reader, request, *page).Run();
}

}  // namespace journey::views
