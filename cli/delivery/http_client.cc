#include "cli/delivery/http_client.h"

#include <curl/curl.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cli/failure.h"
#include "cli/version.h"

namespace journey::cli {
namespace {

constexpr size_t kBodyBytesMax = size_t{64} * 1024;
constexpr size_t kBodyStartBytes = 256;
constexpr absl::Duration kConnectTimeout = absl::Seconds(10);

// The part of an answer's body that has come.
struct Body {
  std::string start;
  size_t bytes = 0;
};

// Returning less than was offered ends the transfer.
size_t TakeBody(const char* data, size_t /*one*/, size_t count, void* target) {
  Body& body = *static_cast<Body*>(target);
  body.bytes += count;
  if (body.start.size() < kBodyStartBytes) {
    body.start.append(data,
                      std::min(count, kBodyStartBytes - body.start.size()));
  }
  return body.bytes > kBodyBytesMax ? 0 : count;
}

struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, ListDeleter>;

HeaderList MakeHeaders(const std::vector<std::string>& lines) {
  // Without the empty header curl asks before it sends a large body, and waits
  // a second for receivers that do not understand the question.
  HeaderList list(curl_slist_append(nullptr, "Expect:"));
  for (const std::string& line : lines) {
    list.reset(curl_slist_append(list.release(), line.c_str()));
  }
  return list;
}

// curl is set up once, before other threads use it.
void SetUpCurl() {
  [[maybe_unused]] static const CURLcode kDone =
      curl_global_init(CURL_GLOBAL_DEFAULT);
}

}  // namespace

std::string DescribeAnswer(const HttpAnswer& answer) {
  std::string text = answer.status == 0
                         ? answer.error
                         : absl::StrCat("HTTP ", answer.status,
                                        answer.body_start.empty() ? "" : ": ",
                                        answer.body_start);
  for (char& letter : text) {
    if (!absl::ascii_isprint(static_cast<unsigned char>(letter))) letter = '?';
  }
  return text;
}

absl::Status CheckUrl(const std::string& url) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parsed(
      curl_url(), curl_url_cleanup);
  char* scheme = nullptr;
  const bool understood =
      curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) == CURLUE_OK &&
      curl_url_get(parsed.get(), CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
      (absl::string_view(scheme) == "http" ||
       absl::string_view(scheme) == "https");
  curl_free(scheme);
  if (understood) return absl::OkStatus();
  return UsageError(absl::StrCat(
      "--url: \"", url,
      "\" is no URL to send to; write https://HOST/PATH or http://HOST/PATH"));
}

struct HttpClient::Handle {
  CURL* curl = nullptr;
  char error[CURL_ERROR_SIZE] = {};
};

HttpClient::HttpClient(const std::string& url, absl::Duration timeout)
    : handle_(std::make_unique<Handle>()) {
  SetUpCurl();
  CURL* curl = curl_easy_init();
  handle_->curl = curl;
  const auto millis = static_cast<long>(absl::ToInt64Milliseconds(timeout));
  const auto connect_millis = static_cast<long>(
      absl::ToInt64Milliseconds(std::min(timeout, kConnectTimeout)));
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_POST, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, std::max(millis, 1L));
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                   std::max(connect_millis, 1L));
  // Signals as timers do not go together with threads.
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, handle_->error);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, TakeBody);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, VersionLine().c_str());
}

HttpClient::~HttpClient() { curl_easy_cleanup(handle_->curl); }

HttpAnswer HttpClient::Post(const std::string& body,
                            const std::vector<std::string>& headers) {
  CURL* curl = handle_->curl;
  const HeaderList list = MakeHeaders(headers);
  Body received;
  handle_->error[0] = '\0';
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list.get());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                   static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &received);
  const CURLcode code = curl_easy_perform(curl);
  HttpAnswer answer;
  const bool too_long =
      code == CURLE_WRITE_ERROR && received.bytes > kBodyBytesMax;
  if (code != CURLE_OK && !too_long) {
    answer.error =
        handle_->error[0] != '\0' ? handle_->error : curl_easy_strerror(code);
    return answer;
  }
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  curl_off_t seconds = 0;
  curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &seconds);
  answer.status = static_cast<int>(status);
  if (seconds > 0) answer.retry_after = absl::Seconds(seconds);
  answer.body_start = std::move(received.start);
  return answer;
}

}  // namespace journey::cli
