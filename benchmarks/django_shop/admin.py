"""What the administration shows of the shop."""

from django.contrib import admin

from .models import Category, Customer, Order, Product

admin.site.register(Category)


@admin.register(Customer)
class CustomerAdmin(admin.ModelAdmin):
    list_display = ("name", "town", "active")
    list_filter = ("active",)
    search_fields = ("name",)


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):
    list_display = ("name", "price", "stock", "category")
    list_filter = ("category",)
    search_fields = ("name",)


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin):
    list_display = ("number", "customer", "product", "paid")
    list_filter = ("paid",)
    search_fields = ("number",)
