#include "cli/json.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "cli/enum_names.h"
#include "cli/instants.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"

namespace journey::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::ListValue;
using google::protobuf::Message;
using google::protobuf::Struct;
using google::protobuf::Value;
using google::protobuf::util::JsonPrintOptions;

// Above this a JSON number, which is read as a double, is no longer exact.
constexpr double kExactIntegerMax = 9007199254740992.0;

std::string Print(const Message& message, bool indented) {
  JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.add_whitespace = indented;
  std::string json;
  const auto status =
      google::protobuf::util::MessageToJsonString(message, &json, options);
  // Only malformed well-known types fail; the server never sends them.
  if (!status.ok())
    return absl::StrCat("{\"error\":\"", status.ToString(), "\"}");
  return json;
}

absl::Status ParseStrict(const std::string& json, Message& message) {
  const auto status =
      google::protobuf::util::JsonStringToMessage(json, &message);
  if (status.ok()) return absl::OkStatus();
  // What follows the first line is a drawing of the place.
  std::string text(status.message().data(), status.message().size());
  text.resize(std::min(text.find('\n'), text.size()));
  return absl::InvalidArgumentError(text);
}

absl::Status FieldError(absl::string_view path, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(path, ": ", what));
}

// Rewrites a friendly JSON tree into protobuf's own.
absl::Status NormalizeObject(const Descriptor& type, absl::string_view path,
                             Struct& object);

absl::Status NormalizeInstant(absl::string_view path, Value& value) {
  if (!value.has_string_value()) return FieldError(path, "is no instant");
  const auto instant = ParseTimestamp(value.string_value());
  if (!instant.ok()) return FieldError(path, instant.status().message());
  value.set_string_value(Rfc3339(*instant));
  return absl::OkStatus();
}

absl::Status NormalizeDate(absl::string_view path, Value& value) {
  if (!value.has_string_value()) return absl::OkStatus();
  const auto date = ParseDate(value.string_value());
  if (!date.ok()) return FieldError(path, date.status().message());
  auto& fields = *value.mutable_struct_value()->mutable_fields();
  fields["year"].set_number_value(date->year());
  fields["month"].set_number_value(date->month());
  fields["day"].set_number_value(date->day());
  return absl::OkStatus();
}

absl::Status NormalizeDuration(absl::string_view path, Value& value) {
  const auto duration = ParseSeconds(value.has_string_value()
                                         ? value.string_value()
                                         : absl::StrCat(value.number_value()));
  if (!duration.ok()) return FieldError(path, duration.status().message());
  const Value printed = [&] {
    Value text;
    const std::string quoted = Print(*duration, false);
    text.set_string_value(quoted.substr(1, quoted.size() - 2));
    return text;
  }();
  value = printed;
  return absl::OkStatus();
}

absl::Status NormalizeMessage(const Descriptor& type, absl::string_view path,
                              Value& value) {
  const std::string& name = type.full_name();
  if (name == "google.protobuf.Struct" || name == "google.protobuf.Value") {
    return absl::OkStatus();
  }
  if (name == "google.protobuf.Timestamp") return NormalizeInstant(path, value);
  if (name == "google.protobuf.Duration") return NormalizeDuration(path, value);
  if (name == "journey.v1.Date") {
    absl::Status status = NormalizeDate(path, value);
    if (!status.ok()) return status;
  }
  if (!value.has_struct_value()) return FieldError(path, "is no JSON object");
  return NormalizeObject(type, path, *value.mutable_struct_value());
}

absl::Status NormalizeValue(const FieldDescriptor& field,
                            absl::string_view path, Value& value) {
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    return NormalizeMessage(*field.message_type(), path, value);
  }
  if (value.has_struct_value() || value.has_list_value()) {
    return FieldError(path, "is no single value");
  }
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_ENUM: {
      if (!value.has_string_value()) return absl::OkStatus();
      const auto found =
          FindEnumValue(*field.enum_type(), value.string_value());
      if (!found.ok()) return FieldError(path, found.status().message());
      value.set_string_value((*found)->name());
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_INT64:
      if (std::abs(value.number_value()) > kExactIntegerMax) {
        return FieldError(path, "write so large a number as a string");
      }
      return absl::OkStatus();
    default:
      return absl::OkStatus();
  }
}

const FieldDescriptor* FindField(const Descriptor& type,
                                 const std::string& name) {
  const FieldDescriptor* field = type.FindFieldByName(name);
  return field != nullptr ? field : type.FindFieldByCamelcaseName(name);
}

// Protobuf's own message about two payloads names neither of them.
absl::Status CheckOneofs(const Descriptor& type, absl::string_view path,
                         const Struct& object) {
  // The fields of each oneof that are set, sorted to be named in a fixed order.
  std::map<std::string, std::set<std::string>> set_fields;
  for (const auto& [name, value] : object.fields()) {
    const FieldDescriptor* field = FindField(type, name);
    if (field == nullptr || value.has_null_value()) continue;
    const auto* oneof = field->real_containing_oneof();
    if (oneof != nullptr) set_fields[oneof->name()].insert(field->name());
  }
  for (const auto& [oneof, names] : set_fields) {
    if (names.size() > 1) {
      return FieldError(
          path.empty() ? oneof : absl::StrCat(path, ".", oneof),
          absl::StrCat("set only one of ", absl::StrJoin(names, ", ")));
    }
  }
  return absl::OkStatus();
}

absl::Status NormalizeObject(const Descriptor& type, absl::string_view path,
                             Struct& object) {
  absl::Status one_each = CheckOneofs(type, path, object);
  if (!one_each.ok()) return one_each;
  for (auto& [name, value] : *object.mutable_fields()) {
    const std::string inner =
        path.empty() ? name : absl::StrCat(path, ".", name);
    const FieldDescriptor* field = FindField(type, name);
    if (field == nullptr) {
      return FieldError(inner, absl::StrCat("no such field of ", type.name()));
    }
    if (value.has_null_value()) continue;
    if (!field->is_repeated()) {
      absl::Status status = NormalizeValue(*field, inner, value);
      if (!status.ok()) return status;
      continue;
    }
    if (!value.has_list_value()) return FieldError(inner, "is no JSON array");
    ListValue& list = *value.mutable_list_value();
    for (int i = 0; i < list.values_size(); ++i) {
      absl::Status status = NormalizeValue(
          *field, absl::StrCat(inner, "[", i, "]"), *list.mutable_values(i));
      if (!status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

}  // namespace

std::string ToJsonLine(const Message& message) { return Print(message, false); }

std::string ToJsonDocument(const Message& message) {
  std::string json = Print(message, true);
  return std::string(absl::StripSuffix(json, "\n"));
}

absl::Status ParseJson(absl::string_view json, Message& message) {
  const std::string text(json);
  if (ParseStrict(text, message).ok()) return absl::OkStatus();
  message.Clear();
  Value root;
  absl::Status status = ParseStrict(text, root);
  if (!status.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("is no valid JSON: ", status.message()));
  }
  if (!root.has_struct_value()) {
    return absl::InvalidArgumentError("is no JSON object");
  }
  status = NormalizeObject(*message.GetDescriptor(), "",
                           *root.mutable_struct_value());
  if (!status.ok()) return status;
  return ParseStrict(Print(root, false), message);
}

}  // namespace journey::cli
