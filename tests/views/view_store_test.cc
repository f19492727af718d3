// The store against a model: a map for each snapshot that was taken.
#include "service/views/view_store.h"

#include <chrono>
#include <deque>
#include <future>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "rocksdb/file_system.h"
#include "service/core/sync.h"
#include "service/views/id_entry.h"
#include "service/views/keys.h"
#include "tests/support/temp_dir.h"

namespace journey::views {
namespace {

using testing::TempDir;
using testing::TestSeed;

constexpr int kWrites = 3000;
constexpr int kKeys = 40;
constexpr size_t kSnapshotsKept = 12;
// Small, so that generations end often.
constexpr size_t kGenerationBytes = size_t{8} * 1024;
constexpr Family kFamilies[] = {Family::kDefault,  Family::kIds,
                                Family::kSubjects, Family::kDeals,
                                Family::kLists,    Family::kTouchpoints};

// Values by family and key; rows and entries of ids in their form on disk.
using Model = std::map<std::pair<Family, std::string>, std::string>;

// A snapshot, and what it must show.
struct Checked {
  std::unique_ptr<Snapshot> snapshot;
  Model model;
};

std::string Key(int number) { return absl::StrCat("key-", 1000 + number); }

std::vector<std::string> AllKeys() {
  std::vector<std::string> keys;
  keys.reserve(kKeys);
  for (int i = 0; i < kKeys; ++i) keys.push_back(Key(i));
  return keys;
}

// Keys of the touchpoint index begin with one of four subjects.
std::string Subject(int number) {
  return absl::StrCat("subject-", number % 4, "-");
}

// Lets no compaction write before it is told to.
class HeldCompactions final : public rocksdb::FileSystemWrapper {
 public:
  HeldCompactions() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}

  [[nodiscard]] const char* Name() const override { return "HeldCompactions"; }

  void Release() {
    core::MutexLock lock(&mutex_);
    held_ = false;
    changed_.NotifyAll();
  }

  rocksdb::IOStatus NewWritableFile(
      const std::string& path, const rocksdb::FileOptions& options,
      std::unique_ptr<rocksdb::FSWritableFile>* result,
      rocksdb::IODebugContext* context) override {
    if (absl::EndsWith(path, ".sst") &&
        !absl::StrContains(path, "generation-")) {
      core::MutexLock lock(&mutex_);
      while (held_) changed_.Wait(&mutex_);
    }
    return target()->NewWritableFile(path, options, result, context);
  }

 private:
  core::Mutex mutex_;
  core::CondVar changed_;
  bool held_ ABSL_GUARDED_BY(mutex_) = true;
};

class ViewStoreTest : public ::testing::Test {
 protected:
  void Open(std::shared_ptr<rocksdb::FileSystem> file_system = nullptr) {
    ViewsOptions options;
    options.directory = dir_.path();
    options.file_system = std::move(file_system);
    options.write_buffer_bytes = kGenerationBytes;
    store_.reset();
    auto store = ViewStore::Open(options);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }

  int Pick(int end) {
    return std::uniform_int_distribution<int>(0, end - 1)(random_);
  }

  void WriteSome() {
    Update update(*store_);
    for (int i = Pick(5); i >= 0; --i) {
      const Family family = kFamilies[Pick(6)];
      const int number = Pick(kKeys);
      const std::string value = absl::StrCat("value-", next_value_++);
      if (family == Family::kTouchpoints) {
        PutRow(number, update);
      } else if (family == Family::kIds) {
        const log::IdEntry entry{next_value_, Pick(2)};
        update.PutId(Key(number), entry);
        model_[{family, Key(number)}] = EncodeId(entry);
      } else if (Pick(4) == 0) {
        update.Delete(family, Key(number));
        model_.erase({family, Key(number)});
      } else {
        update.Put(family, Key(number), value);
        model_[{family, Key(number)}] = value;
      }
    }
    CheckOwnWrites(update);
    ASSERT_TRUE(update.Commit().ok());
  }

  // A touchpoint, or its retraction when it is known already.
  void PutRow(int number, Update& update) {
    TouchpointRow row;
    row.occurred_at = number / 4;
    row.position = 1 + number;
    row.retraction_position = Pick(2) * (int64_t{next_value_} + 1000);
    row.has_deal = Pick(2) == 0;
    std::string key = Subject(number);
    update.PutTouchpoint(key, row);
    AppendRowKey(row, key);
    model_[{Family::kTouchpoints, key}] = EncodeRow(row);
  }

  Checked Take() const {
    Checked taken;
    taken.snapshot = std::make_unique<Snapshot>(*store_);
    taken.model = model_;
    return taken;
  }

  static void Check(const Checked& checked) {
    CheckKeys(*checked.snapshot, checked.model);
    CheckScans(*checked.snapshot, checked.model);
  }

  // An update shows what it has written so far.
  void CheckOwnWrites(const Update& update) {
    if (Pick(10) != 0) return;
    CheckKeys(update, model_);
    CheckScans(update, model_);
  }

  static void CheckKeys(const Snapshot& snapshot, const Model& model) {
    const std::vector<std::string> keys = AllKeys();
    for (const Family family :
         {Family::kSubjects, Family::kDeals, Family::kLists}) {
      Model got;
      ASSERT_TRUE(snapshot
                      .MultiGet(family, keys,
                                [&](size_t i, absl::string_view value) {
                                  got[{family, keys[i]}] = std::string(value);
                                  return absl::OkStatus();
                                })
                      .ok());
      const Model want(model.lower_bound({family, Key(0)}),
                       model.lower_bound({family, Key(kKeys)}));
      ASSERT_EQ(got, want);
      for (const std::string& key : keys) {
        std::string value;
        const bool is_found = want.count({family, key}) == 1;
        ASSERT_EQ(*snapshot.Get(family, key, value), is_found);
        ASSERT_EQ(value, is_found ? want.at({family, key}) : "");
      }
    }
  }

  // Entries of ids are always the newest.
  void CheckIds() const {
    const std::vector<std::string> keys = AllKeys();
    std::vector<log::IdEntry> entries;
    ASSERT_TRUE(Snapshot(*store_).ReadIds(keys, entries).ok());
    for (size_t i = 0; i < keys.size(); ++i) {
      const auto want = model_.find({Family::kIds, keys[i]});
      ASSERT_EQ(EncodeId(entries[i]),
                want == model_.end() ? EncodeId({}) : want->second);
    }
  }

  static void CheckScans(const Snapshot& snapshot, const Model& model) {
    for (const Family family : {Family::kDefault, Family::kLists}) {
      Model got;
      ASSERT_TRUE(
          snapshot
              .Scan(family, Key(3), Key(30),
                    [&](absl::string_view key, absl::string_view value) {
                      got[{family, std::string(key)}] = std::string(value);
                      return true;
                    })
              .ok());
      const Model want(model.lower_bound({family, Key(3)}),
                       model.lower_bound({family, Key(30)}));
      ASSERT_EQ(got, want);
    }
    for (int subject = 0; subject < 4; ++subject) {
      Model got;
      ASSERT_TRUE(snapshot
                      .ScanTouchpoints(
                          Subject(subject), 0,
                          [&](const TouchpointRow& row) {
                            std::string key = Subject(subject);
                            AppendRowKey(row, key);
                            got[{Family::kTouchpoints, key}] = EncodeRow(row);
                            return true;
                          })
                      .ok());
      const Model want(
          model.lower_bound({Family::kTouchpoints, Subject(subject)}),
          model.lower_bound(
              {Family::kTouchpoints, PrefixEnd(Subject(subject))}));
      ASSERT_EQ(got, want);
    }
  }

  TempDir dir_;
  std::mt19937 random_{TestSeed(20261122)};
  std::unique_ptr<ViewStore> store_;
  Model model_;
  int next_value_ = 0;
};

TEST_F(ViewStoreTest, SnapshotsShowWhatWasWrittenBeforeThem) {
  Open();
  std::deque<Checked> taken;
  for (int i = 0; i < kWrites; ++i) {
    WriteSome();
    if (Pick(20) == 0) {
      taken.push_back(Take());
      CheckIds();
    }
    if (taken.size() > kSnapshotsKept) {
      // Not the oldest: snapshots end in any order.
      const auto ended = taken.begin() + Pick(kSnapshotsKept);
      Check(*ended);
      taken.erase(ended);
    }
  }
  for (const Checked& checked : taken) Check(checked);
}

TEST_F(ViewStoreTest, FlushedStoreOpensAsItWas) {
  Open();
  for (int i = 0; i < 10; ++i) {
    for (int k = 0; k < 50; ++k) WriteSome();
    ASSERT_TRUE(store_->Flush().ok());
    Open();
    Check(Take());
    CheckIds();
  }
}

TEST_F(ViewStoreTest, UnflushedStoreOpensAfterSomeWholeUpdate) {
  Open();
  std::map<std::string, Model> model_after;
  model_after[""] = {};
  for (int i = 0; i < 2000; ++i) {
    const std::string number = absl::StrCat(i);
    Update update(*store_);
    const std::string key = Key(Pick(kKeys));
    update.Put(Family::kDefault, "mark", number);
    update.Put(Family::kLists, key, number);
    model_[{Family::kDefault, "mark"}] = number;
    model_[{Family::kLists, key}] = number;
    ASSERT_TRUE(update.Commit().ok());
    model_after[number] = model_;
    if (i == 100) {
      ASSERT_TRUE(store_->Flush().ok());
    }
  }
  Open();
  std::string number;
  ASSERT_TRUE(Snapshot(*store_).Get(Family::kDefault, "mark", number).ok());
  EXPECT_NE(number, "");
  model_ = model_after[number];
  Check(Take());
}

TEST_F(ViewStoreTest, UpdatesWaitWhileCompactionIsBehind) {
  constexpr int kUpdates = 400;
  const auto held = std::make_shared<HeldCompactions>();
  Open(held);
  auto writing = std::async(std::launch::async, [&] {
    const std::string value(1024, 'x');
    for (int i = 0; i < kUpdates; ++i) {
      Update update(*store_);
      // From both ends, so that the files of generations overlap.
      update.Put(Family::kLists, absl::StrCat(1000 + i), value);
      update.Put(Family::kLists, absl::StrCat(9000 - i), value);
      if (!update.Commit().ok()) return false;
    }
    return true;
  });
  EXPECT_EQ(writing.wait_for(std::chrono::seconds(1)),
            std::future_status::timeout);
  held->Release();
  EXPECT_TRUE(writing.get());
  int entries = 0;
  ASSERT_TRUE(Snapshot(*store_)
                  .Scan(Family::kLists, "", "",
                        [&](absl::string_view, absl::string_view) {
                          ++entries;
                          return true;
                        })
                  .ok());
  EXPECT_EQ(entries, 2 * kUpdates);
}

TEST_F(ViewStoreTest, FlushDoesNotWaitForCompaction) {
  const auto held = std::make_shared<HeldCompactions>();
  Open(held);
  for (int i = 0; i < 30; ++i) {
    Update update(*store_);
    update.Put(Family::kLists, "a", absl::StrCat(i));
    update.Put(Family::kLists, "z", absl::StrCat(i));
    ASSERT_TRUE(update.Commit().ok());
    ASSERT_TRUE(store_->Flush().ok());
  }
  std::string value;
  ASSERT_TRUE(Snapshot(*store_).Get(Family::kLists, "a", value).ok());
  EXPECT_EQ(value, "29");
  held->Release();
}

}  // namespace
}  // namespace journey::views
