from django.http import HttpRequest, HttpResponse
def index(request: HttpRequest) -> HttpResponse: return HttpResponse("")
def trend(request: HttpRequest, table: str) -> HttpResponse: return HttpResponse("")
