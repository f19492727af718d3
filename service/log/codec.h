// Keys and framed values of the event log: see docs/STORAGE_FORMAT.md.
// EncodeEvent and DecodeEvent are declared in event_log.h.
#ifndef SERVICE_LOG_CODEC_H_
#define SERVICE_LOG_CODEC_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "journey/storage/v1/log.pb.h"

namespace journey::log {

// Version of what lies on disk. A log of a newer version, or with a feature
// flag that is not among the known ones, is refused; one of an older version
// becomes one of this version when it is opened. Version 2 has signal logs.
inline constexpr uint32_t kLogFormatVersion = 2;
inline constexpr uint64_t kLogFeaturesKnown = 0;

inline constexpr char kEventKeyTag = 'e';
inline constexpr char kGroupKeyTag = 'g';
inline constexpr char kFormatKey[] = "mformat";

void AppendLittleEndian32(std::string& to, uint32_t value);
void AppendLittleEndian64(std::string& to, uint64_t value);
[[nodiscard]] uint32_t GetLittleEndian32(const char* from);
[[nodiscard]] uint64_t GetLittleEndian64(const char* from);

// The key of one event; also makes the keys of its neighbours in place.
class EventKey {
 public:
  EventKey(absl::string_view tenant_id, int64_t position);
  void set_position(int64_t position);
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// The position in a key of the tenant's events.
[[nodiscard]] int64_t PositionOf(absl::string_view event_key);

[[nodiscard]] std::string GroupKey(int64_t number);
[[nodiscard]] int64_t GroupNumberOf(absl::string_view group_key);

// The frame around every value: CRC-32C of the body, then the body.
[[nodiscard]] std::string Frame(absl::string_view body);
// The body; DATA_LOSS when the checksum does not match. `what` names the
// value in the error.
[[nodiscard]] absl::StatusOr<absl::string_view> Unframe(absl::string_view value,
                                                        absl::string_view what);

[[nodiscard]] absl::StatusOr<storage::v1::GroupRecord> DecodeGroup(
    int64_t number, absl::string_view value);

// What the store says about its own format.
[[nodiscard]] std::string EncodeFormat(uint32_t version, uint64_t features);
// FAILED_PRECONDITION when a newer version wrote it, DATA_LOSS when damaged.
[[nodiscard]] absl::Status CheckFormat(absl::string_view value,
                                       absl::string_view directory);

// What a graceful stop writes down: the newest group, and where the newest
// file of the write-ahead log ended.
struct HeadMark {
  int64_t group = 0;
  uint64_t wal_number = 0;
  uint64_t wal_bytes = 0;
};

[[nodiscard]] std::string EncodeHeadMark(const HeadMark& mark);
[[nodiscard]] absl::StatusOr<HeadMark> DecodeHeadMark(absl::string_view value,
                                                      absl::string_view path);

}  // namespace journey::log

#endif  // SERVICE_LOG_CODEC_H_
