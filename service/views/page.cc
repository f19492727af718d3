#include "service/views/page.h"

#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "journey/storage/v1/views.pb.h"
#include "service/core/errors.h"
#include "service/core/sha256.h"

namespace journey::views {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

const FieldDescriptor* Field(const Message& request, const char* name) {
  return request.GetDescriptor()->FindFieldByName(name);
}

// The same for equal messages, also where they have maps.
std::string Deterministic(const Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  (void)message.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

// The request without the fields that differ from page to page. The type name
// is part of it, so that tokens of different lists are told apart.
std::string HashConditions(const Message& request) {
  const std::unique_ptr<Message> conditions(request.New());
  conditions->CopyFrom(request);
  const Reflection* reflection = request.GetReflection();
  reflection->ClearField(conditions.get(), Field(request, "page_size"));
  reflection->ClearField(conditions.get(), Field(request, "page_token"));
  core::Sha256 hash;
  hash.Add(request.GetTypeName());
  hash.Add(Deterministic(*conditions));
  return hash.Finish();
}

}  // namespace

absl::StatusOr<Page> PageOf(const Message& request, core::Micros now) {
  const Reflection* reflection = request.GetReflection();
  Page page;
  page.now = now;
  page.request_sha256 = HashConditions(request);
  const int size = reflection->GetInt32(request, Field(request, "page_size"));
  if (size > 0) page.size = size;
  const std::string encoded =
      reflection->GetString(request, Field(request, "page_token"));
  if (encoded.empty()) return page;
  std::string decoded;
  storage::v1::PageToken token;
  core::Violations violations;
  if (!absl::WebSafeBase64Unescape(encoded, &decoded) ||
      !token.ParseFromString(decoded)) {
    violations.Add("page_token",
                   "is not a token of this service; take next_page_token of "
                   "the answer before, or none for the first page");
  } else if (token.request_sha256() != page.request_sha256) {
    violations.Add("page_token",
                   "belongs to another request; keep all conditions the same "
                   "from page to page");
  }
  if (token.now_us() < 0 || token.now_us() > core::kInstantMicrosMax) {
    violations.Add("page_token", "names no instant of this service");
  }
  if (!violations.empty()) return violations.ToStatus();
  page.list = token.list();
  page.after = token.last_key();
  page.now = token.now_us();
  return page;
}

absl::Status CheckList(const Page& page, absl::string_view list) {
  core::Violations violations;
  if (!page.after.empty() && page.list != list) {
    violations.Add("page_token",
                   "touchpoints later than as_of have come in since the page "
                   "before; begin again with the first page");
  }
  return violations.ToStatus();
}

std::string FirstKey(const Page& page, absl::string_view prefix) {
  std::string key = absl::StrCat(prefix, page.after);
  if (!page.after.empty()) key.push_back('\0');
  return key;
}

std::string NextPageToken(const Page& page, absl::string_view list,
                          absl::string_view last_key) {
  storage::v1::PageToken token;
  token.set_list(std::string(list));
  token.set_request_sha256(page.request_sha256);
  token.set_last_key(std::string(last_key));
  token.set_now_us(page.now);
  return absl::WebSafeBase64Escape(token.SerializeAsString());
}

}  // namespace journey::views
