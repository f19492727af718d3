#include "service/server/logger.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "service/core/time.h"

namespace journey::server {
namespace {

std::string JsonString(absl::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      absl::StrAppend(&out, "\\", absl::string_view(&c, 1));
    } else if (static_cast<unsigned char>(c) < 0x20) {
      absl::StrAppendFormat(&out, "\\u%04x", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

// An apostrophe needs no escape: what is quoted stands in double quotes.
std::string Escape(absl::string_view text) {
  return absl::StrReplaceAll(absl::Utf8SafeCEscape(text), {{"\\'", "'"}});
}

// Quoted where a reader could take it for something else.
std::string TextValue(const std::string& value) {
  if (!value.empty() &&
      value.find_first_of(" \"=\\\n\r\t") == std::string::npos) {
    return value;
  }
  return absl::StrCat("\"", Escape(value), "\"");
}

}  // namespace

std::string FormatLogLine(LogFormat format, core::Micros now,
                          absl::string_view level, absl::string_view message,
                          const LogFields& fields) {
  const std::string time = core::FormatInstant(now);
  if (format == LogFormat::kJson) {
    std::string line =
        absl::StrCat("{\"time\":\"", time, "\",\"level\":\"", level,
                     "\",\"message\":", JsonString(message));
    for (const auto& [key, value] : fields) {
      absl::StrAppend(&line, ",", JsonString(key), ":", JsonString(value));
    }
    return line + "}";
  }
  std::string line = absl::StrCat(time, " ", level, " ", Escape(message));
  for (const auto& [key, value] : fields) {
    absl::StrAppend(&line, " ", key, "=", TextValue(value));
  }
  return line;
}

Logger::Logger(LogFormat format, const std::string& level)
    : format_(format),
      logger_(std::make_unique<spdlog::logger>(
          "journeyd", std::make_shared<spdlog::sinks::stderr_sink_mt>())) {
  logger_->set_pattern("%v");
  logger_->set_level(spdlog::level::from_str(level));
  logger_->flush_on(spdlog::level::warn);
}

Logger::~Logger() = default;

void Logger::Info(absl::string_view message, const LogFields& fields) {
  if (!logger_->should_log(spdlog::level::info)) return;
  logger_->info(FormatLogLine(format_, core::SystemClock().Now(), "info",
                              message, fields));
}

void Logger::Warn(absl::string_view message, const LogFields& fields) {
  if (!logger_->should_log(spdlog::level::warn)) return;
  logger_->warn(FormatLogLine(format_, core::SystemClock().Now(), "warn",
                              message, fields));
}

void Logger::Error(absl::string_view message, const LogFields& fields) {
  if (!logger_->should_log(spdlog::level::err)) return;
  logger_->error(FormatLogLine(format_, core::SystemClock().Now(), "error",
                               message, fields));
}

}  // namespace journey::server
