// The checks of single fields, from which those of requests are made.
//
// A checker knows where its message stands in the request, but spells the way
// out only when something is wrong: valid requests pass without making a
// string.
#ifndef SERVICE_CORE_FIELD_CHECKER_H_
#define SERVICE_CORE_FIELD_CHECKER_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/generated_enum_reflection.h"
#include "google/protobuf/timestamp.pb.h"
#include "journey/v1/common.pb.h"
#include "service/core/errors.h"
#include "service/core/utf8.h"

namespace journey::core {

// Checks the fields of one message. In each method `name` is the field's name
// within the message; empty means the message (or list element) itself.
// Lives on the stack, shorter than its parent. Not thread-safe.
class FieldChecker {
 public:
  // For the fields of the request.
  explicit FieldChecker(Violations& violations) : violations_(violations) {}

  // For the fields of the message `name`.
  FieldChecker(const FieldChecker& parent, absl::string_view name)
      : FieldChecker(parent, name, kNoIndex) {}

  // For the fields of element `index` of the list `name`.
  FieldChecker(const FieldChecker& parent, absl::string_view name, int index)
      : violations_(parent.violations_),
        parent_(&parent),
        name_(name),
        index_(index) {}

  FieldChecker(const FieldChecker&) = delete;
  FieldChecker& operator=(const FieldChecker&) = delete;

  // Reports a mistake.
  void Fail(absl::string_view name, absl::string_view description) const;

  // At most `bytes_max` bytes of valid UTF-8.
  void Text(absl::string_view name, absl::string_view value,
            size_t bytes_max) const {
    if (value.size() > bytes_max || !IsValidUtf8(value)) {
      FailText(name, value, bytes_max);
    }
  }

  // The same, not empty.
  void RequiredText(absl::string_view name, absl::string_view value,
                    size_t bytes_max) const {
    if (value.empty()) Fail(name, "is required");
    Text(name, value, bytes_max);
  }

  // The same, without control characters.
  void RequiredPlainText(absl::string_view name, absl::string_view value,
                         size_t bytes_max) const {
    RequiredText(name, value, bytes_max);
    if (HasControlCharacter(value)) {
      Fail(name, "holds a control character; remove it");
    }
  }

  // A value that this version knows.
  template <typename E>
  void Enum(absl::string_view name, E value) const {
    const auto* type = google::protobuf::GetEnumDescriptor<E>();
    if (type->FindValueByNumber(value) == nullptr) {
      FailEnum(name, value, *type);
    }
  }

  // The same, not UNSPECIFIED.
  template <typename E>
  void RequiredEnum(absl::string_view name, E value) const {
    const auto* type = google::protobuf::GetEnumDescriptor<E>();
    if (value == 0 || type->FindValueByNumber(value) == nullptr) {
      FailEnum(name, value, *type);
    }
  }

  // A list of at most `max` such values.
  template <typename E, typename Values>
  void Enums(absl::string_view name, const Values& values, int max) const {
    Count(name, values.size(), max);
    for (int i = 0; i < values.size(); ++i) {
      FieldChecker(*this, name, i).RequiredEnum("", static_cast<E>(values[i]));
    }
  }

  void NotNegative(absl::string_view name, int64_t value) const;

  // At most `max` elements.
  void Count(absl::string_view name, int count, int max) const;

  // Well-formed, between the years 1970 and 9999. Returns whether it is.
  bool Instant(absl::string_view name,
               const google::protobuf::Timestamp& instant) const;

  // Well-formed and not negative.
  void Duration(absl::string_view name,
                const google::protobuf::Duration& duration) const;

  // Not negative, with a currency.
  void Money(absl::string_view name, const v1::Money& money) const;
  // The same, but of either sign.
  void SignedMoney(absl::string_view name, const v1::Money& money) const;

  // A day of the calendar. Returns whether it is.
  bool Date(absl::string_view name, const v1::Date& date) const;

 private:
  static constexpr int kNoIndex = -1;

  void FailText(absl::string_view name, absl::string_view value,
                size_t bytes_max) const;
  void FailEnum(absl::string_view name, int value,
                const google::protobuf::EnumDescriptor& type) const;
  void AppendPath(std::string& path) const;

  Violations& violations_;
  const FieldChecker* const parent_ = nullptr;
  const absl::string_view name_;
  const int index_ = kNoIndex;
};

}  // namespace journey::core

#endif  // SERVICE_CORE_FIELD_CHECKER_H_
