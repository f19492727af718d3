#include "service/rpc/wire_check.h"

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"
#include "service/core/validate.h"

namespace journey::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

// Protobuf's own limit on nested messages.
constexpr size_t kDepthMax = 100;

class Walker {
 public:
  explicit Walker(core::Violations& violations) : violations_(violations) {}

  void Walk(const Descriptor& type, absl::string_view bytes) {
    if (path_.size() >= kDepthMax) {
      violations_.Add(Path(), "is nested too deeply; flatten it");
      return;
    }
    CodedInputStream input(reinterpret_cast<const uint8_t*>(bytes.data()),
                           static_cast<int>(bytes.size()));
    std::vector<int> counts(type.field_count());
    while (const uint32_t tag = input.ReadTag()) {
      const FieldDescriptor* field =
          type.FindFieldByNumber(WireFormatLite::GetTagFieldNumber(tag));
      const bool ok = field != nullptr && IsNested(*field, tag)
                          ? WalkField(*field, bytes, counts, input)
                          : WireFormatLite::SkipField(&input, tag);
      if (!ok) return Malformed();
    }
    if (!input.ConsumedEntireMessage() ||
        input.CurrentPosition() != static_cast<int>(bytes.size())) {
      Malformed();
    }
  }

 private:
  static bool IsNested(const FieldDescriptor& field, uint32_t tag) {
    return WireFormatLite::GetTagWireType(tag) ==
               WireFormatLite::WIRETYPE_LENGTH_DELIMITED &&
           (field.type() == FieldDescriptor::TYPE_STRING ||
            field.type() == FieldDescriptor::TYPE_MESSAGE);
  }

  bool WalkField(const FieldDescriptor& field, absl::string_view bytes,
                 std::vector<int>& counts, CodedInputStream& input) {
    uint32_t length = 0;
    if (!input.ReadVarint32(&length)) return false;
    const size_t start = input.CurrentPosition();
    if (length > bytes.size() - start) return false;
    const absl::string_view value = bytes.substr(start, length);
    path_.emplace_back(&field, counts[field.index()]++);
    if (field.type() == FieldDescriptor::TYPE_MESSAGE) {
      Walk(*field.message_type(), value);
    } else {
      // Only the encoding matters here, a length is judged after parsing.
      core::CheckText(value, std::numeric_limits<size_t>::max(), Path(),
                      violations_);
    }
    path_.pop_back();
    return input.Skip(static_cast<int>(length));
  }

  void Malformed() {
    violations_.Add(Path(), "is not a valid protobuf message");
  }

  [[nodiscard]] std::string Path() const {
    std::string path;
    for (const auto& [field, index] : path_) {
      absl::StrAppend(&path, path.empty() ? "" : ".", field->name());
      if (field->is_repeated()) absl::StrAppend(&path, "[", index, "]");
    }
    return path.empty() ? "request" : path;
  }

  core::Violations& violations_;
  std::vector<std::pair<const FieldDescriptor*, int>> path_;
};

}  // namespace

void ExplainParseFailure(const Descriptor& type, absl::string_view bytes,
                         core::Violations& violations) {
  Walker(violations).Walk(type, bytes);
  if (violations.empty()) {
    violations.Add("request", "is not a valid protobuf message");
  }
}

}  // namespace journey::rpc
