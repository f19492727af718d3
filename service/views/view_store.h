// The views' RocksDB: five column families without a write-ahead log, because
// the event log makes them safe. All of them are flushed together, so what is
// on disk is always the state after some whole commit group.
#ifndef SERVICE_VIEWS_VIEW_STORE_H_
#define SERVICE_VIEWS_VIEW_STORE_H_

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message_lite.h"
#include "rocksdb/db.h"
#include "rocksdb/write_batch.h"
#include "service/views/views.h"

namespace journey::views {

enum class Family { kDefault, kIds, kTouchpoints, kSubjects, kDeals, kLists };
inline constexpr int kFamilyCount = 6;

class ViewStore;

// What the views held at one instant. Thread-safe; must not outlive its store.
class Snapshot {
 public:
  explicit Snapshot(const ViewStore& store);
  ~Snapshot();
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  // Reads one value. False when the key is absent.
  absl::StatusOr<bool> Get(Family family, absl::string_view key,
                           std::string& value) const;

  // Reads one message. False when the key is absent.
  absl::StatusOr<bool> Get(Family family, absl::string_view key,
                           google::protobuf::MessageLite& message) const;

  // Visits the entries from `first` on, before `end` (empty: to the last one),
  // in the order of their keys, until `visit` returns false.
  absl::Status Scan(Family family, absl::string_view first,
                    absl::string_view end,
                    const std::function<bool(absl::string_view key,
                                             absl::string_view value)>& visit)
      const;

 private:
  const ViewStore& store_;
  const rocksdb::Snapshot* const snapshot_;
};

// Thread-safe.
class ViewStore {
 public:
  // Opens or creates the store.
  static absl::StatusOr<std::unique_ptr<ViewStore>> Open(
      const ViewsOptions& options);
  ~ViewStore();

  // Removes the store in a directory.
  static absl::Status Destroy(const ViewsOptions& options);

  // The newest value; false when the key is absent.
  absl::StatusOr<bool> Get(Family family, absl::string_view key,
                           std::string& value) const;

  // The newest values, in the order of the keys, which ascend; an absent one
  // is reported as such in `found`.
  absl::Status MultiGet(Family family, const std::vector<std::string>& keys,
                        std::vector<std::string>& values,
                        std::vector<bool>& found) const;

  // Applies a batch, made with handles from `handle`.
  absl::Status Write(rocksdb::WriteBatch& batch);

  // Writes everything to disk.
  absl::Status Flush();

  [[nodiscard]] rocksdb::ColumnFamilyHandle* handle(Family family) const {
    return handles_[static_cast<size_t>(family)];
  }
  [[nodiscard]] rocksdb::DB* db() const { return db_.get(); }

  // Sum over all column families.
  [[nodiscard]] uint64_t IntProperty(const std::string& property) const;

 private:
  ViewStore() = default;

  std::unique_ptr<rocksdb::Env> env_;
  std::unique_ptr<rocksdb::DB> db_;
  std::array<rocksdb::ColumnFamilyHandle*, kFamilyCount> handles_{};
};

// The message in `bytes`; DATA_LOSS when it cannot be parsed.
absl::Status Parse(absl::string_view bytes,
                   google::protobuf::MessageLite& message);

// An error of the views' RocksDB: DATA_LOSS for damage, else UNAVAILABLE.
absl::Status FromRocks(const rocksdb::Status& status);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_VIEW_STORE_H_
