#include "service/views/log_reader.h"

#include <utility>

#include "journey/storage/v1/views.pb.h"
#include "service/views/keys.h"

namespace journey::views {
namespace {

constexpr int64_t kBatchEvents = 1024;

}  // namespace

LogReader::LogReader(const log::EventLog& log, const ViewStore& store,
                     int64_t first, int64_t last)
    : log_(log), store_(store), last_(last), next_number_(first) {
  Start();
}

void LogReader::Start() {
  next_ = std::async(std::launch::async, [this] { return Read(); });
}

absl::StatusOr<std::vector<log::CommitGroup>> LogReader::Next() {
  auto batch = next_.get();
  Start();
  return batch;
}

absl::StatusOr<std::vector<log::CommitGroup>> LogReader::Read() {
  std::vector<log::CommitGroup> batch;
  for (int64_t events = 0; events < kBatchEvents && next_number_ <= last_;) {
    auto group = ReadGroup(next_number_);
    if (!group.ok()) return group.status();
    ++next_number_;
    events += group->event_count();
    for (const log::TenantEvents& tenant : group->tenants) {
      chains_[tenant.tenant_id] = tenant.chain;
    }
    batch.push_back(*std::move(group));
  }
  return batch;
}

absl::StatusOr<log::CommitGroup> LogReader::ReadGroup(int64_t number) {
  absl::Status status;
  auto group =
      log_.ReadGroup(number, [&](absl::string_view tenant_id) -> std::string {
        const auto it = chains_.find(tenant_id);
        if (it != chains_.end()) return it->second;
        storage::v1::TenantRecord record;
        status = Snapshot(store_)
                     .Get(Family::kDefault, TenantKey(tenant_id), record)
                     .status();
        return record.chain();
      });
  if (!status.ok()) return status;
  return group;
}

}  // namespace journey::views
