#include "service/views/rules_activation.h"

#include <memory>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "rocksdb/env.h"
#include "rocksdb/file_system.h"
#include "service/log/codec.h"
#include "service/log/files.h"
#include "service/views/view_store.h"

namespace journey::views {
namespace {

using storage::v1::Checkpoint;
using storage::v1::RulesActivation;

constexpr char kSuffix[] = ".rules";

// What is kept; unset where nothing is, DATA_LOSS where it is damaged.
absl::StatusOr<std::optional<RulesActivation>> Read(
    rocksdb::FileSystem& file_system, const std::string& path) {
  std::optional<RulesActivation> kept;
  const rocksdb::IOStatus exists =
      file_system.FileExists(path, rocksdb::IOOptions(), nullptr);
  if (exists.IsNotFound()) return kept;
  std::string bytes;
  absl::Status status = log::FromRocksDb(
      rocksdb::ReadFileToString(&file_system, path, &bytes), path);
  if (!status.ok()) return status;
  const auto body = log::Unframe(bytes, path);
  if (!body.ok()) return body.status();
  status = Parse(*body, kept.emplace());
  if (!status.ok()) return status;
  return kept;
}

core::Micros ActivatedAt(
    const ViewsOptions& options, const Checkpoint* checkpoint,
    const absl::StatusOr<std::optional<RulesActivation>>& kept) {
  const std::string& sha256 = options.rules->sha256();
  // Format 0 is a store in which nothing was ever written.
  const bool has_views =
      checkpoint != nullptr && checkpoint->format_version() != 0;
  if (has_views && checkpoint->rule_set_sha256() == sha256) {
    return checkpoint->rules_activated_us();
  }
  // Others were there, or what there was cannot be told: then nothing is
  // announced too much.
  const bool has_kept = kept.ok() && kept->has_value();
  if (has_kept && (*kept)->rule_set_sha256() == sha256) {
    return (*kept)->activated_us();
  }
  return has_views || has_kept || !kept.ok() ? options.clock->Now() : 0;
}

}  // namespace

absl::StatusOr<core::Micros> KeepRulesActivation(const ViewsOptions& options,
                                                 const Checkpoint* checkpoint) {
  const std::shared_ptr<rocksdb::FileSystem> file_system =
      options.file_system != nullptr ? options.file_system
                                     : rocksdb::FileSystem::Default();
  const size_t slash = options.directory.rfind('/');
  const std::string parent = options.directory.substr(0, slash);
  const std::string name =
      absl::StrCat(options.directory.substr(slash + 1), kSuffix);
  const auto kept = Read(*file_system, absl::StrCat(parent, "/", name));
  if (!kept.ok() && !absl::IsDataLoss(kept.status())) return kept.status();
  RulesActivation activation;
  activation.set_rule_set_sha256(options.rules->sha256());
  activation.set_activated_us(ActivatedAt(options, checkpoint, kept));
  const std::string bytes = activation.SerializeAsString();
  if (!kept.ok() || !kept->has_value() ||
      (*kept)->SerializeAsString() != bytes) {
    absl::Status status =
        log::WriteFileDurably(*file_system, parent, name, log::Frame(bytes));
    if (!status.ok()) return status;
  }
  return activation.activated_us();
}

}  // namespace journey::views
