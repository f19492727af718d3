#include "service/log/codec.h"

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "service/core/big_endian.h"
#include "service/core/errors.h"
#include "service/core/sha256.h"
#include "service/core/time.h"
#include "service/log/crc32c.h"
#include "service/log/event_log.h"

namespace journey::log {
namespace {

using google::protobuf::io::CodedOutputStream;

constexpr size_t kPositionBytes = 8;
constexpr size_t kCrcBytes = 4;
constexpr size_t kChainBytes = 32;
constexpr size_t kFormatBytes = 12;
constexpr size_t kHeadMarkBytes = 24;

// Room for the tags and numbers around a touchpoint in a LogRecord.
constexpr size_t kRecordOverheadBytes = 32;

constexpr uint32_t Tag(int field, uint32_t wire_type) {
  return static_cast<uint32_t>(field) << 3 | wire_type;
}
constexpr uint32_t kVarint = 0;
constexpr uint32_t kLengthDelimited = 2;

void FillCrc(std::string& framed) {
  const uint32_t crc = Crc32c(absl::string_view(framed).substr(kCrcBytes));
  for (size_t i = 0; i < kCrcBytes; ++i) {
    framed[i] = static_cast<char>(crc >> (8 * i));
  }
}

// A LogRecord's bytes without building the message, which would copy the
// signal.
void AppendSignalRecord(const LogEvent& event, std::string& value) {
  using storage::v1::LogRecord;
  const size_t bytes = event.signal->ByteSizeLong();
  value.reserve(value.size() + bytes + kRecordOverheadBytes);
  google::protobuf::io::StringOutputStream stream(&value);
  CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  coded.WriteTag(Tag(LogRecord::kReceivedAtUsFieldNumber, kVarint));
  coded.WriteVarint64(static_cast<uint64_t>(event.received_at));
  coded.WriteTag(Tag(LogRecord::kSignalFieldNumber, kLengthDelimited));
  coded.WriteVarint32(static_cast<uint32_t>(bytes));
  event.signal->SerializeWithCachedSizes(&coded);
}

// A LogRecord's bytes without building the message: the touchpoint is
// serialised straight into the value. Deterministic, unknown fields included.
void AppendTouchpointRecord(const LogEvent& event, std::string& value) {
  using storage::v1::LogRecord;
  const v1::Touchpoint& touchpoint = *AsGiven(event);
  const size_t bytes = touchpoint.ByteSizeLong();
  value.reserve(value.size() + bytes + kRecordOverheadBytes);
  google::protobuf::io::StringOutputStream stream(&value);
  CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  coded.WriteTag(Tag(LogRecord::kReceivedAtUsFieldNumber, kVarint));
  coded.WriteVarint64(static_cast<uint64_t>(event.received_at));
  coded.WriteTag(Tag(LogRecord::kTouchpointFieldNumber, kLengthDelimited));
  coded.WriteVarint32(static_cast<uint32_t>(bytes));
  touchpoint.SerializeWithCachedSizes(&coded);
  if (event.retracted_on_arrival) {
    coded.WriteTag(Tag(LogRecord::kRetractedOnArrivalFieldNumber, kVarint));
    coded.WriteVarint32(1);
  }
  for (const v1::SubjectType type : event.inert_links) {
    coded.WriteTag(Tag(LogRecord::kInertLinksFieldNumber, kVarint));
    coded.WriteVarint32(static_cast<uint32_t>(type));
  }
  if (event.given != nullptr) {
    coded.WriteTag(Tag(LogRecord::kOccurredAtUsFieldNumber, kVarint));
    coded.WriteVarint64(
        static_cast<uint64_t>(core::ToMicros(event.touchpoint->occurred_at())));
  }
}

}  // namespace

void AppendLittleEndian32(std::string& to, uint32_t value) {
  for (int i = 0; i < 4; ++i) to.push_back(static_cast<char>(value >> (8 * i)));
}

void AppendLittleEndian64(std::string& to, uint64_t value) {
  AppendLittleEndian32(to, static_cast<uint32_t>(value));
  AppendLittleEndian32(to, static_cast<uint32_t>(value >> 32));
}

uint32_t GetLittleEndian32(const char* from) {
  uint32_t value = 0;
  for (int i = 3; i >= 0; --i) {
    value = value << 8 | static_cast<unsigned char>(from[i]);
  }
  return value;
}

uint64_t GetLittleEndian64(const char* from) {
  return GetLittleEndian32(from) |
         static_cast<uint64_t>(GetLittleEndian32(from + 4)) << 32;
}

EventKey::EventKey(absl::string_view tenant_id, int64_t position) {
  bytes_.reserve(2 + tenant_id.size() + kPositionBytes);
  bytes_.push_back(kEventKeyTag);
  bytes_.push_back(static_cast<char>(tenant_id.size()));
  bytes_.append(tenant_id.data(), tenant_id.size());
  bytes_.resize(bytes_.size() + kPositionBytes);
  set_position(position);
}

void EventKey::set_position(int64_t position) {
  core::StoreBigEndian(static_cast<uint64_t>(position),
                       &bytes_[bytes_.size() - kPositionBytes]);
}

int64_t PositionOf(absl::string_view event_key) {
  event_key.remove_prefix(event_key.size() - kPositionBytes);
  return static_cast<int64_t>(core::LoadBigEndian(event_key));
}

std::string GroupKey(int64_t number) {
  std::string key(1, kGroupKeyTag);
  core::AppendBigEndian(static_cast<uint64_t>(number), key);
  return key;
}

int64_t GroupNumberOf(absl::string_view group_key) {
  return static_cast<int64_t>(core::LoadBigEndian(group_key.substr(1)));
}

std::string Frame(absl::string_view body) {
  std::string value(kCrcBytes, '\0');
  value.append(body.data(), body.size());
  FillCrc(value);
  return value;
}

absl::StatusOr<absl::string_view> Unframe(absl::string_view value,
                                          absl::string_view what) {
  if (value.size() < kCrcBytes) {
    return core::DamagedError(absl::StrCat(what, ": the value is too short"));
  }
  const absl::string_view body = value.substr(kCrcBytes);
  if (Crc32c(body) != GetLittleEndian32(value.data())) {
    return core::DamagedError(
        absl::StrCat(what, ": the checksum does not match"));
  }
  return body;
}

absl::StatusOr<storage::v1::GroupRecord> DecodeGroup(int64_t number,
                                                     absl::string_view value) {
  const std::string what = absl::StrCat("group ", number);
  const auto body = Unframe(value, what);
  if (!body.ok()) return body.status();
  storage::v1::GroupRecord record;
  if (!record.ParseFromArray(body->data(), static_cast<int>(body->size())) ||
      record.number() != number) {
    return core::DamagedError(absl::StrCat(what, ": the record is malformed"));
  }
  for (const auto& range : record.ranges()) {
    if (range.first_position() < 1 || range.count() < 1 ||
        range.chain().size() != kChainBytes) {
      return core::DamagedError(absl::StrCat(what, ": a range is malformed"));
    }
  }
  return record;
}

std::string EncodeFormat(uint32_t version, uint64_t features) {
  std::string body;
  AppendLittleEndian32(body, version);
  AppendLittleEndian64(body, features);
  return Frame(body);
}

absl::Status CheckFormat(absl::string_view value, absl::string_view directory) {
  const auto body = Unframe(value, absl::StrCat(directory, ": format record"));
  if (!body.ok()) return body.status();
  if (body->size() < kFormatBytes) {
    return core::DamagedError(
        absl::StrCat(directory, ": format record is short"));
  }
  const uint32_t version = GetLittleEndian32(body->data());
  const uint64_t features = GetLittleEndian64(body->data() + 4);
  if (version > kLogFormatVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat("the log in ", directory, " has format version ", version,
                     "; this program knows versions up to ", kLogFormatVersion,
                     ": start a newer program"));
  }
  if ((features & ~kLogFeaturesKnown) != 0) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the log in ", directory, " uses features (flags 0x",
        absl::Hex(features & ~kLogFeaturesKnown),
        ") that this program does not know: start a newer program"));
  }
  return absl::OkStatus();
}

std::string EncodeHeadMark(const HeadMark& mark) {
  std::string body;
  AppendLittleEndian64(body, static_cast<uint64_t>(mark.group));
  AppendLittleEndian64(body, mark.wal_number);
  AppendLittleEndian64(body, mark.wal_bytes);
  return Frame(body);
}

absl::StatusOr<HeadMark> DecodeHeadMark(absl::string_view value,
                                        absl::string_view path) {
  const auto body = Unframe(value, path);
  if (!body.ok()) return body.status();
  if (body->size() != kHeadMarkBytes) {
    return core::DamagedError(absl::StrCat(path, ": the length is wrong"));
  }
  HeadMark mark;
  mark.group = static_cast<int64_t>(GetLittleEndian64(body->data()));
  mark.wal_number = GetLittleEndian64(body->data() + 8);
  mark.wal_bytes = GetLittleEndian64(body->data() + 16);
  return mark;
}

std::string EncodeEvent(const LogEvent& event) {
  std::string value(kCrcBytes, '\0');
  if (event.touchpoint != nullptr) {
    AppendTouchpointRecord(event, value);
  } else if (event.signal != nullptr) {
    AppendSignalRecord(event, value);
  } else {
    storage::v1::LogRecord record;
    record.set_received_at_us(event.received_at);
    *record.mutable_retraction() = *event.retraction;
    record.AppendToString(&value);
  }
  FillCrc(value);
  return value;
}

absl::StatusOr<LogEvent> DecodeEvent(
    int64_t position, absl::string_view value,
    const std::shared_ptr<google::protobuf::Arena>& arena) {
  const auto body =
      Unframe(value, absl::StrCat("event at position ", position));
  if (!body.ok()) return body.status();
  const auto malformed = [&] {
    return core::DamagedError(absl::StrCat("event at position ", position,
                                           ": the record is malformed"));
  };
  storage::v1::LogRecord record;
  if (!record.ParseFromArray(body->data(), static_cast<int>(body->size()))) {
    return malformed();
  }
  LogEvent event;
  event.position = position;
  event.received_at = record.received_at_us();
  event.retracted_on_arrival = record.retracted_on_arrival();
  switch (record.entry_case()) {
    case storage::v1::LogRecord::kTouchpoint: {
      auto* touchpoint =
          google::protobuf::Arena::CreateMessage<v1::Touchpoint>(arena.get());
      if (!touchpoint->ParseFromString(record.touchpoint())) {
        return malformed();
      }
      event.touchpoint =
          std::shared_ptr<const v1::Touchpoint>(arena, touchpoint);
      for (const int type : record.inert_links()) {
        event.inert_links.push_back(static_cast<v1::SubjectType>(type));
      }
      if (record.has_occurred_at_us()) {
        CorrectOccurredAt(record.occurred_at_us(), event);
      }
      return event;
    }
    case storage::v1::LogRecord::kRetraction:
      event.retraction = std::make_shared<storage::v1::RetractionRecord>(
          std::move(*record.mutable_retraction()));
      return event;
    case storage::v1::LogRecord::kSignal:
      event.signal = std::make_shared<v1::SignalEvent>(
          std::move(*record.mutable_signal()));
      return event;
    default:
      return malformed();
  }
}

std::string ExtendChain(absl::string_view before, const std::string* values,
                        size_t count) {
  static constexpr std::array<char, kChainBytes> kStart{};
  thread_local core::Sha256 hash;
  if (before.empty()) before = {kStart.data(), kStart.size()};
  hash.Add(before);
  for (size_t i = 0; i < count; ++i) hash.Add(values[i]);
  return hash.Finish();
}

}  // namespace journey::log
